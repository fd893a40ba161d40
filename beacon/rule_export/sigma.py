"""The strict rule as Sigma: a host at or under a service, connected to by a listed program.

Sigma has no `has`: `contains` would match too much, so the strict reading is what carries over.
It has no gaps either; whether the contacts keep a rhythm is for `beacon score` to say.
Source: SigmaHQ, "Sigma Rules Specification".
"""

import json
import uuid
from collections.abc import Iterable

from beacon.rules import Rule

_NAMESPACE = uuid.UUID("0d7a5d1c-26a2-5a43-9f0e-4b6a8e1f7a20")


def sigma(rule: Rule) -> str:
    """YAML of one Sigma rule; its id stays the same from release to release."""
    hosts = sorted(rule.services)
    programs = ["\\" + name for name in rule.processes]
    return f"""\
title: Script Host Connects To A Dead Drop Service
id: {uuid.uuid5(_NAMESPACE, "strict rule")}
status: experimental
description: >-
  A script host or a system tool connects to a public web service where anyone can leave a text.
  Malware reads its orders there; so do agents, updaters and bots.
references:
  - https://attack.mitre.org/techniques/T1102/003/
author: beacon
date: 2026-11-24
tags:
  - attack.command-and-control
  - attack.t1102.003
logsource:
  category: network_connection
  product: windows
detection:
  selection_host:
    DestinationHostname:
{_items(hosts)}
  selection_under:
    DestinationHostname|endswith:
{_items("." + host for host in hosts)}
  selection_process:
    Image|endswith:
{_items(programs)}
  condition: selection_process and (selection_host or selection_under)
falsepositives:
  - Developers, build agents and package managers
  - Configuration management, updaters and security tools
  - Chat bots and notifiers that run as a service
level: low
"""


def _items(names: Iterable[str]) -> str:
    # A JSON string is a YAML double-quoted scalar.
    return "\n".join(f"      - {json.dumps(name)}" for name in names)
