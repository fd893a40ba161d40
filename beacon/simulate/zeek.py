"""The same true traffic as Zeek would log it: conn, ssl, http and dns, joined by `uid`.

Sizes of handshakes are those of a recorded TLS 1.2 connection (692 bytes up, 4,861 down) and of a
resumed session, which brings no certificate; contents are log-uniform, as large for each
connection of a channel. Source of the fields: Zeek manual, "Zeek Logs".
"""

from pathlib import Path

import polars as pl

from beacon.schema import KEY
from beacon.simulate import Simulated

READERS = ("loop", "task", "lolbin", "office", "rotation")
"""Families that only read: a dead drop holds what they fetch."""
SENDERS = ("alert_webhook", "heartbeat_webhook", "backup", "sensor")
"""Kinds whose point is to send something."""
READ_ONLY = r"githubusercontent\.com$|^codeload\.github\.com$|^t\.me$"
"""Hosts that take no writes."""
HANDSHAKE = {False: (692, 4861), True: (680, 330)}
"""Resumed or not -> bytes up and down before any content."""
HEAD = (380, 820)
"""Bytes of the head of a request and of an answer."""
CONTENT = (200.0, 500_000.0)
LEASE_SECONDS = 300
_ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")


def ways(truth: pl.DataFrame) -> pl.DataFrame:
    """The truth with `way` (reads or sends) and `content`, bytes of each connection.

    What is neither a `READERS` implant nor one of `SENDERS` does either, decided by its name.
    """
    low, high = CONTENT
    draw = pl.concat_str(KEY, separator="\0").hash(seed=1)
    reads = pl.col("family").is_in(READERS) & (pl.col("label") == "poller")
    sends = pl.col("kind").is_in(SENDERS) | (~reads & (draw % 2 == 0))
    sends &= ~pl.col("domain").str.contains(READ_ONLY)
    return truth.with_columns(
        way=pl.when(sends).then(pl.lit("sends")).otherwise(pl.lit("reads")),
        content=(low * (high / low) ** (draw % 10_007 / 10_007)).cast(pl.Int64),
    )


def logs(simulated: Simulated) -> dict[str, pl.DataFrame]:
    """Log -> its rows, by time; `id.orig_h` is the LocalIP of the machine."""
    connections = _connections(simulated)
    ssl = connections.filter(~pl.col("is_plain"), pl.col("conn_state") == "SF")
    http = connections.filter("is_plain", pl.col("conn_state") == "SF")
    names = (
        connections.with_columns(lease=pl.col("ts") // LEASE_SECONDS)
        .unique(["id.orig_h", "domain", "lease"], keep="first", maintain_order=True)
        .with_columns(pl.col("ts") - 0.03, pl.format("D{}", "row").alias("uid"))
    )
    flags = {"local_orig": pl.lit("T"), "local_resp": pl.lit("F")}
    conn = connections.with_columns(
        proto=pl.lit("tcp"),
        service=pl.when("is_plain").then(pl.lit("http")).otherwise(pl.lit("ssl")),
        duration=0.2 + (pl.col("sent") + pl.col("received")) / 1e6,
        **flags,
    )
    return {
        "conn": conn.select(
            "ts", "uid", *_ENDS, "proto", "service", "duration", "orig_bytes", "resp_bytes",
            "conn_state", *flags,
        ),
        "ssl": ssl.select(
            pl.col("ts") + 0.05, "uid", *_ENDS,
            version=pl.lit("TLSv12"), server_name="domain",
            resumed=pl.col("is_resumed").replace_strict({True: "T", False: "F"}),
            established=pl.lit("T"),
        ),
        "http": http.select(
            pl.col("ts") + 0.02, "uid", *_ENDS,
            method=pl.when(pl.col("sent") > 0).then(pl.lit("POST")).otherwise(pl.lit("GET")),
            host="domain", uri=pl.lit("/"), request_body_len="sent",
            response_body_len="received", status_code=pl.lit(200),
        ),
        "dns": names.select(
            "ts", "uid", "id.orig_h", "id.orig_p", **{"id.resp_h": pl.lit("10.0.0.53")},
            **{"id.resp_p": pl.lit(53)}, proto=pl.lit("udp"), trans_id="row", query="domain",
            qtype_name=pl.lit("A"), rcode_name=pl.lit("NOERROR"),
        ),
    }  # fmt: skip


def write(folder: Path, simulated: Simulated) -> list[Path]:
    """Write `conn.log`, `ssl.log`, `http.log` and `dns.log` as Zeek's own text."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for log, rows in logs(simulated).items():
        path = folder / f"{log}.log"
        head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)"]
        head += ["#unset_field\t-", f"#path\t{log}", "\t".join(["#fields", *rows.columns])]
        body = rows.write_csv(
            separator="\t", include_header=False, null_value="-", quote_style="never"
        )
        path.write_text("\n".join(head) + "\n" + body, encoding="utf-8")
        paths.append(path)
    return paths


def _connections(simulated: Simulated) -> pl.DataFrame:
    """One row a connection with its ends, name and bytes."""
    key = pl.struct(
        host=pl.col("DeviceName").str.to_lowercase(),
        process=pl.col("InitiatingProcessFileName").str.to_lowercase(),
        domain=pl.col("RemoteUrl").str.replace(r"^https://", "").str.strip_chars("/"),
    )
    told = ways(simulated.truth).select(*KEY, "way", "content")
    resumed = pl.concat_str("host", "process", "row").hash(seed=2) % 2 == 0
    up, down = (
        pl.when("is_resumed").then(HANDSHAKE[True][i]).otherwise(HANDSHAKE[False][i]) + HEAD[i]
        for i in (0, 1)
    )
    failed = pl.col("ActionType") == "ConnectionFailed"
    return (
        simulated.events.filter(pl.col("RemoteUrl") != "")
        .unique(["DeviceName", "Timestamp", "ReportId"], keep="first", maintain_order=True)
        .with_row_index("row")
        .with_columns(key.alias("key"))
        .unnest("key")
        .join(told, on=KEY, how="left", maintain_order="left")
        .with_columns(is_resumed=resumed, is_plain=pl.col("RemotePort") == 80)
        .with_columns(
            sent=pl.when(pl.col("way") == "sends", ~failed).then("content").otherwise(0),
            received=pl.when(pl.col("way") == "reads", ~failed).then("content").otherwise(0),
        )
        .select(
            "row", "domain", "is_plain", "is_resumed", "sent", "received",
            ts=pl.col("Timestamp").dt.epoch("ms") / 1000,
            uid=pl.format("C{}", "row"),
            conn_state=pl.when(failed).then(pl.lit("S0")).otherwise(pl.lit("SF")),
            orig_bytes=pl.when(failed).then(0).otherwise(up + pl.col("sent")),
            resp_bytes=pl.when(failed).then(0).otherwise(down + pl.col("received")),
            **{"id.orig_h": "LocalIP", "id.orig_p": "LocalPort"},
            **{"id.resp_h": "RemoteIP", "id.resp_p": "RemotePort"},
        )
    )  # fmt: skip
