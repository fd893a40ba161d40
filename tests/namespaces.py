"""Whether this machine gives an ordinary run a mount table or a network of its own."""

import shutil
import subprocess


def available(kind: str) -> bool:
    """Can `unshare` make a namespace of this kind ("mount", "net")?"""
    command = ["unshare", f"--{kind}", "--map-root-user", "true"]
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(command, capture_output=True).returncode
    )
