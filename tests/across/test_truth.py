"""Occurrences and waves of a generated dataset against its truth. `make across` does it for many more."""

import pytest

import pipeline
from pipeline.dataset.load import read_table

from . import quality


def test_prints_of_one_change_are_found(generated):
    found = quality.prints(*generated)
    assert found.f1 >= 0.98, found


def test_waves_are_found_and_local_changes_are_left_out(generated):
    found, national = quality.together(*generated)
    assert found.f1 >= 0.97, found
    assert national >= 0.99


def test_every_row_is_one_print_of_one_change(generated):
    out, _ = generated
    changes, prints = pipeline.load(out), read_table(out, "occurrences")
    assert prints["row_id"].tolist() == changes["row_id"].tolist()
    firsts = prints[prints["is_first"]]
    assert firsts["change_id"].is_unique and set(firsts["change_id"]) == set(prints["change_id"])
    assert (firsts["row_id"] == firsts["first_row_id"]).all()
    assert (prints.loc[prints["match"] == "exact", "score"] == 1).all()
    assert pipeline.load(out, distinct=True)["row_id"].tolist() == firsts["row_id"].tolist()


def test_wave_tables_agree(generated):
    out, _ = generated
    waves = pipeline.waves(out)
    assert waves.seconds == 0  # nothing has changed since
    listed, members = waves.list.set_index("wave_id"), waves.members
    assert (members.groupby("wave_id").size() == listed["changes"].sort_index()).all()
    assert members["change_id"].is_unique
    assert (members.groupby("wave_id")["is_first"].sum() == 1).all()
    changes = pipeline.load(out).set_index("row_id").loc[members["row_id"]].reset_index()
    by_wave = changes.assign(wave_id=members["wave_id"].to_numpy()).groupby("wave_id")
    assert (by_wave["municipality_code"].nunique() == listed["bodies"].sort_index()).all()
    assert (by_wave["change_date"].min() == listed["first_date"].sort_index()).all()
    assert (
        by_wave["timing"].agg(lambda t: (t == "事前").mean()) - listed["prior_share"].sort_index()
    ).abs().max() < 1e-6
    assert (listed["bodies"] > 1).all()


def test_namesakes_are_different_bodies(generated):
    out, _ = generated
    changes = pipeline.load(out)[["row_id", "municipality_code", "municipality"]]
    members = pipeline.waves(out).members.merge(changes, on="row_id")
    codes = members[members["municipality"] == "府中市"].groupby("wave_id")["municipality_code"].nunique()
    assert codes.max() == 2


def test_findings_point_at_prints(generated):
    out, _ = generated
    findings, changes = read_table(out, "findings"), pipeline.load(out).set_index("row_id")
    assert set(findings["kind"]) == {"edited", "dropped", "restarted"}
    edited = findings[findings["kind"] == "edited"]
    old, new = (changes.loc[edited[name]].reset_index() for name in ("row_id", "later_row_id"))
    assert (old["change_id"] != new["change_id"]).all()
    assert (old["filing_key"] == new["filing_key"]).all()
    dropped = findings[findings["kind"] == "dropped"]
    printed = read_table(out, "occurrences").merge(changes["filing_id"].reset_index(), on="row_id")
    change_of = printed.set_index("row_id")["change_id"]
    held = set(zip(printed["change_id"], printed["filing_id"], strict=True))
    for row_id, later in zip(dropped["row_id"], dropped["later_filing_id"], strict=True):
        assert (change_of[row_id], later) not in held


def test_who_has_not_followed_is_told_with_what_is_held(generated):
    out, _ = generated
    waves = pipeline.waves(out)
    wave = waves.list.sort_values("bodies").iloc[-1]
    asked = waves.not_followed(wave["wave_id"])
    changes = pipeline.load(out)
    seen = changes[
        changes["row_id"].isin(waves.members.loc[waves.members["wave_id"] == wave["wave_id"], "row_id"])
    ]
    assert len(asked) and not set(asked["municipality_code"]) & set(seen["municipality_code"])
    late = asked["verdict"] == "late"
    assert (asked.loc[late, "newest_published"] > wave["last_date"]).all()
    assert not (asked.loc[~late, "newest_published"] > wave["last_date"]).any()
    newest = read_table(out, "filings").groupby("municipality_code")["published"].max()
    assert (
        asked.set_index("municipality_code")["newest_published"] == newest[asked["municipality_code"]]
    ).all()
    with pytest.raises(pipeline.UsageError, match="no wave"):
        waves.not_followed("w000000000000")


def test_pairs_are_counted_as_they_should():
    agreement = quality.agreement(["a", "a", "a", None], [1, 1, 2, 2])
    assert agreement == (1 / 2, 1 / 3)
