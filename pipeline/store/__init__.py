"""The dataset where it lies: generations published at once, and the state that saves reading again."""
