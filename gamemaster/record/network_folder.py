"""Network folders: whether a folder lies on a file system that several machines share.

SQLite's write-ahead log keeps its index in memory that all who use the file share, which no network file system has. There
an archive keeps a rollback journal instead, and says so.
"""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["network_file_system", "note_of"]

_MOUNTS = Path("/proc/mounts")
_NETWORK = re.compile(
    r"nfs\d*|cifs|smb\w*|9p|afs|ceph|lustre|beegfs\w*|gpfs|panfs|orangefs|pvfs2|glusterfs|ocfs2|gfs2|davfs|ncpfs|coda|virtiofs"
    r"|fuse\.(?:sshfs|glusterfs\w*|s3fs|rclone|ceph\w*|gcsfuse|goofys|davfs2?|beegfs\w*|juicefs|seaweedfs|curlftpfs|vmhgfs-fuse)"
)
_ESCAPED = re.compile(r"\\([0-7]{3})")


def network_file_system(folder: Path, mounts: Path | None = None) -> str | None:
    """The kind of network file system that a folder lies on ("nfs4"), None on any other, and where that can't be told.

    `folder` need not be there yet. `mounts` is the list of what is mounted, /proc/mounts by default.
    """
    try:
        lines = (mounts or _MOUNTS).read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    place = folder.resolve()
    nearest, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mounted = Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        # Of two on one place the one mounted later hides the other.
        if place.is_relative_to(mounted) and len(mounted.parts) >= nearest:
            nearest, kind = len(mounted.parts), fields[2]
    return kind if _NETWORK.fullmatch(kind) else None


def note_of(kind: str) -> str:
    """What is said of a run on such a file system."""
    return (
        f"the folder lies on a network file system ({kind}): no write-ahead log there but a rollback journal, which is slower; "
        "readers may have to wait for the writer; let one machine at a time write"
    )
