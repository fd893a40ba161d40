"""The techniques of the alerts as an ATT&CK Navigator layer.

Source: mitre-attack/attack-navigator, layer file format 4.5.
"""

import json

import polars as pl

from beacon.report.words import count


def navigator(rows: pl.DataFrame) -> str:
    """A layer that scores each technique by its best alert, 0 to 100.

    Args:
        rows: rows of `schema.RESULT`.
    """
    seen = rows.group_by("technique", maintain_order=True).agg(
        pl.len(), pl.col("score").max(), pl.col("host").n_unique()
    )
    layer = {
        "name": "beacon",
        "versions": {"attack": "17", "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "Channels that poll public web services like an implant.",
        "techniques": [
            {
                "techniqueID": technique,
                "tactic": "command-and-control",
                "score": round(100 * score),
                "comment": f"{count(alerts, 'alert')} on {count(hosts, 'host')}",
                "enabled": True,
            }
            for technique, alerts, score, hosts in seen.iter_rows()
        ],
        "gradient": {"colors": ["#ffffff", "#ff6666"], "minValue": 0, "maxValue": 100},
    }
    return json.dumps(layer, indent=2) + "\n"
