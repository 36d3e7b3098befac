"""Words of invented local changes (架空の見本), and how bodies and scanners vary a wording."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from random import Random

CASES = Path(__file__).parents[1] / "cases"

PLACES = (
    "窓口 執務室 書庫 別館 分庁舎 支所 保健センター 図書館 公民館 倉庫 会議室 休日窓口 移動窓口 共同作業所"
).split()
THINGS = (
    "申請書 届出書 受付簿 名簿 台帳の写し 受領証 通知書 問診票 委任状 確認票 納付書 相談記録 "
    "面談記録 診断書 請求書 整理券 引継書 返戻封筒 点検表 持出簿"
).split()
DEEDS = (
    "保管する 施錠する 裁断する 照合する 複写する 封入する 回収する 配布する 点検する 記録する "
    "廃棄する 仕分ける 読み上げる 押印する 返却する 掲示する 転記する 搬送する"
).split()
MEANS = (
    "専用の鞄 二重の封筒 鍵付きの棚 番号札 管理簿 立会者の署名 監視カメラ 専用の複合機 バーコード "
    "色別の綴り 保冷庫 手渡し 書留郵便 庁内便 暗証番号 指紋認証 仕切り板 耐火金庫"
).split()
WHO = (
    "正規職員 会計年度任用職員 夜間の警備員 派遣職員 班長 当番の職員 委託先の主任 統括責任者 "
    "受付担当 査察担当 保健師 司書 調査員 嘱託員"
).split()
WHEN = (
    "毎朝の始業前 終業時 月末 四半期ごと 年度の初め 繁忙期 土曜の開庁日 引越しの時期 災害の発生時 "
    "機器の更新時 監査の前 棚卸しの際 異動の際 休業の前日"
).split()
WHY = (
    "取り違えを防ぐため 待ち時間を短くするため 紛失を防ぐため 書庫が手狭になったため "
    "来庁者が増えたため 庁舎の移転に伴い 内部監査の指摘により 住民の要望を受けて 委託の終了に伴い "
    "機器の老朽化により 人員の減少に伴い 統廃合により"
).split()
SYSTEM_HEADS = (
    "やまなみ うみかぜ みのり ひかり あおば しらかば すみれ かなめ はやて つばさ いずみ こだま".split()
)
SYSTEM_TAILS = (
    "ネット 台帳システム 管理システム 支援システム クラウド 連携基盤 ワークス オフィス ナビ 総合窓口".split()
)
COMPANY = "山川 北斗 東西 丸三 新和 大地 青葉 光陽 共栄 双葉 三峰 明光 城東 港南 中部 千歳 若松 朝日".split()
BUSINESS = "情報 データ システム 計算 電算 印刷 事務 通信 サービス ソリューションズ".split()
UNITS = (
    "戸籍住民 市民 総合窓口 保健予防 健康推進 国保年金 保険年金 子育て支援 こども家庭 税務 収納 福祉 高齢介護"
).split()
BUREAUS = "市民生活部 保健福祉局 健康こども部 財政部 福祉部 市民局 総務部".split()

SYNONYMS = (
    ("及び", "および"), ("取扱い", "取り扱い"), ("当該", "その"), ("により", "によって"),
    ("行う", "実施する"), ("サーバー", "サーバ"), ("又は", "または"), ("職員", "担当職員"),
    ("管理", "厳重に管理"), ("利用", "使用"), ("保管", "保存"), ("限定", "制限"), ("ため、", "ことから、"),
    ("。）", "）"), ("場合は", "ときは"),
)  # fmt: skip
"""What one body writes so, another so."""


def sentence(random: Random) -> str:
    """One sentence that only one body would write."""
    one, frame = random.choice, random.randrange(4)
    if frame == 0:
        return f"{one(WHEN)}に{one(WHO)}が{one(PLACES)}の{one(THINGS)}を{one(MEANS)}で{one(DEEDS)}。"
    if frame == 1:
        return f"{one(WHY)}、{one(THINGS)}は{one(PLACES)}において{one(WHO)}が{one(DEEDS)}こととする。"
    if frame == 2:
        return f"{one(PLACES)}では、{one(MEANS)}を用い、{one(WHEN)}に限り{one(THINGS)}を{one(DEEDS)}。"
    return f"{one(WHO)}は、{one(WHY)}{one(THINGS)}と{one(THINGS)}を{one(MEANS)}により{one(DEEDS)}。"


def sentences(random: Random, least: int, most: int) -> str:
    return "".join(sentence(random) for _ in range(random.randint(least, most)))


def system(random: Random) -> str:
    return random.choice(SYSTEM_HEADS) + random.choice(SYSTEM_TAILS)


def company(random: Random) -> str:
    return f"株式会社{random.choice(COMPANY)}{random.choice(BUSINESS)}"


def unit(random: Random) -> str:
    return f"{random.choice(BUREAUS)}{random.choice(UNITS)}課"


def scanned(text: str, rate: float, random: Random) -> str:
    """A text as a scanner reads it: characters taken for others as counted, a few lost."""
    confusions = _confusions()
    read = []
    for character in text:
        if random.random() >= rate or character == "\n":
            read.append(character)
        elif character in confusions:
            read.append(random.choice(confusions[character]))
        elif random.random() < 0.5:
            read.append(random.choice("日目口ロ一ー力カ工エ人入士土未末"))
    return "".join(read)


@cache
def _confusions() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with (CASES / "ocr_confusions.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if len(row["truth"]) == 1 and len(row["read"]) <= 1 and int(row["count"]) > 3:
                found.setdefault(row["truth"], []).append(row["read"])
    return found
