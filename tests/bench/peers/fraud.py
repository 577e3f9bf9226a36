"""``fraudurl``: gradient-boosted trees over the URL alone; it knows no targets of ours."""

from __future__ import annotations

from pathlib import Path

import fraudurl
from fraudurl.lexical import extract
from fraudurl.model import Model
from peers.contract import Peer


def make(sample: int) -> Peer:
    """The shipped offline model, asked for ``https://host/``."""
    model = Model(str(Path(fraudurl.__file__).parent / "data/model_safe.json"))

    def score(host: str) -> float:
        features = extract(f"https://{host}/")
        return 0.0 if features.get("parse_error") else float(model.predict(features, want_reasons=False)[1])

    return Peer("fraudurl", score, {"at 0.5": 0.5, "at 0.995": 0.995}, sample, note="package 1.0.1, offline model")
