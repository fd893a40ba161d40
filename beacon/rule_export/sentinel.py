"""The timed query as a scheduled analytics rule for Microsoft Sentinel.

Source: Azure/Azure-Sentinel, "Query Style Guide" and its template validation (limits on lengths,
entity mappings and custom details).
"""

import uuid
from collections.abc import Sequence
from textwrap import indent

from beacon._version import __version__
from beacon.errors import SettingsError
from beacon.rule_export import kql
from beacon.rules import Rule
from beacon.settings import AllowEntry

LONGEST_QUERY = 10_000
"""Characters of a query that a template may have."""

_NAMESPACE = uuid.UUID("6f0b6a3e-6d0c-5f1e-9a57-8d5f6b7a1c11")


def analytics_rule(rule: Rule, allowed: Sequence[AllowEntry] = ()) -> str:
    """YAML for `Analytic Rules`; its id stays the same from release to release.

    Raises:
        SettingsError: with its allow entries the query is longer than a template may have.
    """
    query = kql.timed(rule, clock="TimeGenerated", allowed=allowed)
    if len(query) > LONGEST_QUERY:
        raise SettingsError(
            f"the query has {len(query):,} characters and a template may have {LONGEST_QUERY:,}: "
            "shorten [[allow.entry]] (a command line counts whole) or the extra lists"
        )
    return f"""\
id: {uuid.uuid5(_NAMESPACE, "analytics rule")}
name: Script host polls a public web service on a timer
description: |
  Identifies programs that fetch from public web services (code hosts, pastes, chats) at gaps that
  are alike, as malware does that reads its orders there (ATT&CK T1102.003). Gaps alone do not
  make an alert malicious: agents, updaters and bots poll as well. Confirm with the process tree,
  the place of the program and how many devices do the same.
severity: Medium
status: Available
requiredDataConnectors:
  - connectorId: MicrosoftThreatProtection
    dataTypes:
      - DeviceNetworkEvents
queryFrequency: 1d
queryPeriod: 1d
triggerOperator: gt
triggerThreshold: 0
tactics:
  - CommandAndControl
relevantTechniques:
  - T1102.003
query: |
{indent(query, "  ")}\
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: HostName
        columnName: HostName
      - identifier: DnsDomain
        columnName: DnsDomain
  - entityType: Account
    fieldMappings:
      - identifier: Name
        columnName: AccountName
  - entityType: DNS
    fieldMappings:
      - identifier: DomainName
        columnName: RemoteHost
  - entityType: Process
    fieldMappings:
      - identifier: CommandLine
        columnName: CommandLine
eventGroupingSettings:
  aggregationKind: AlertPerResult
customDetails:
  Hosts: Hosts
  PeriodSeconds: PeriodSeconds
  SpreadShare: SpreadShare
  Polls: Polls
  ProcessName: ProcessName
  ParentName: ParentName
  IsEncodedCmd: IsEncodedCmd
  SuspiciousParent: SuspiciousParent
version: {__version__}
kind: Scheduled
"""
