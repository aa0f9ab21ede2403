"""Input files as they lie there: found, identified, and opened whatever they are packed in.

Archives are never unpacked under the names that they carry: a member is written to a temporary
file with a number for a name, and no further than the limit.
"""

from __future__ import annotations

import codecs
import fnmatch
import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import IO, Final, NamedTuple, cast

from metrics.errors import SourceError

CHUNK: Final = 1 << 20
"""Bytes read at a time."""

DEFLATE_LIMIT: Final = 1032
"""How many bytes one byte of a deflate stream can become at most (zlib technical details)."""

ZIP_ENDINGS: Final = (".zip",)
TABLE_ENDINGS: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPart:
    """One table that can be read: a file, or a member of an archive."""

    name: str  # as a person would find it: "2024.zip/2024-01-street.csv"
    path: Path  # where its bytes are
    size: int  # bytes of the file, of a member unpacked
    sha256: str  # of the file, of a member unpacked
    encoding: str = "utf-8"

    @property
    def is_parquet(self) -> bool:
        """Whether it is a Parquet file rather than text."""
        return self.name.lower().endswith(".parquet")

    @property
    def is_gzip(self) -> bool:
        """Whether its bytes are compressed."""
        return self.path.name.lower().endswith(".gz")


class _Found(NamedTuple):
    """A file that lies there."""

    label: str  # as a person would find it below the path of the source
    path: Path
    stat: os.stat_result


class FileSet:
    """The files of one source: found anew at each call, hashed once for as they lie there."""

    def __init__(self, path: Path, *, pattern: str, limit: int) -> None:
        """Look nothing up yet.

        Args:
            path: A file or a folder.
            pattern: Which files of a folder, and which members of an archive, are read.
            limit: The most bytes that one archive or compressed file may unpack to.
        """
        self._path = path
        self._pattern = pattern.lower()
        self._limit = limit
        self._hashes: dict[tuple[Path, int, int], str] = {}

    def fingerprint(self) -> str:
        """Return what changes whenever a file is added, taken away, renamed or changed."""
        whole = hashlib.sha256()
        for file in self._found():
            whole.update(f"{file.label}\0{self._sha256(file)}\0".encode())
        return whole.hexdigest()

    def files(self) -> tuple[Path, ...]:
        """Return the files, in order of their names.

        Raises:
            SourceError: The path does not exist, or the folder holds no such file.
        """
        return tuple(file.path for file in self._found())

    def _found(self) -> list[_Found]:
        if self._path.is_file():
            return [_Found(label=self._path.name, path=self._path, stat=self._path.stat())]
        if not self._path.exists():
            raise SourceError(
                f"{self._path} does not exist.",
                hint="Put the file there, or correct `path` in sources.toml.",
            )
        found = sorted(self._walked(), key=lambda file: file.label.split("/"))
        if not found:
            raise SourceError(
                f"{self._path} holds no file called “{self._pattern}” that ends in "
                f"{', '.join((*TABLE_ENDINGS, *ZIP_ENDINGS))}.",
                hint="Put the files there, or correct `path` or `files` in sources.toml.",
            )
        return found

    def parts(self, workspace: Path) -> Iterator[InputPart]:
        """Yield every table, archives opened into a folder of the caller's.

        Raises:
            SourceError: A file cannot be unpacked, or unpacks to more than the limit.
        """
        for file in self._found():
            if file.label.lower().endswith(ZIP_ENDINGS):
                yield from self._members(file.path, file.label, workspace)
                continue
            part = InputPart(
                name=file.label,
                path=file.path,
                size=file.stat.st_size,
                sha256=self._sha256(file),
            )
            if part.is_gzip:
                _refuse_bomb(part, self._limit)
            yield part

    def refuse_changed(self, fingerprint: str) -> None:
        """Refuse files that were written to while they were read.

        Raises:
            SourceError: The files are no longer those of the fingerprint.
        """
        if self.fingerprint() != fingerprint:
            raise SourceError(
                f"{self._path} changed while it was being read; nothing of it was counted.",
                hint="Read it again when it has been written to its end.",
            )

    def _walked(self) -> Iterator[_Found]:
        """Yield what is to be read of a folder and of those inside it."""
        for folder, _, names in os.walk(self._path):
            inside = Path(folder)
            above = inside.relative_to(self._path).parts
            for name in filter(self._is_input, names):
                path = inside / name
                with suppress(FileNotFoundError):  # gone since, or a link to nothing
                    stat = path.stat()
                    if S_ISREG(stat.st_mode):
                        yield _Found(label="/".join((*above, name)), path=path, stat=stat)

    def _is_input(self, name: str) -> bool:
        name = name.lower()
        return not name.startswith(".") and (name.endswith(ZIP_ENDINGS) or self._is_table(name))

    def _is_table(self, name: str) -> bool:
        return name.endswith(TABLE_ENDINGS) and fnmatch.fnmatchcase(name, self._pattern)

    def _sha256(self, file: _Found) -> str:
        key = (file.path, file.stat.st_size, file.stat.st_mtime_ns)
        if key not in self._hashes:
            with file.path.open("rb") as opened:
                self._hashes[key] = hashlib.file_digest(opened, "sha256").hexdigest()
        return self._hashes[key]

    def _members(self, archive: Path, label: str, workspace: Path) -> Iterator[InputPart]:
        with clear_errors(label), zipfile.ZipFile(archive) as opened:
            members = [
                member
                for member in sorted(opened.infolist(), key=lambda member: member.filename)
                if self._is_table(PurePosixPath(member.filename).name.lower())
            ]
            declared = sum(member.file_size for member in members)
            if declared > self._limit:
                raise _too_large(label, self._limit)
            for member in members:
                ending = "".join(PurePosixPath(member.filename).suffixes[-2:]).lower()
                target = workspace / f"{sum(1 for _ in workspace.iterdir())}{ending}"
                part = _unpacked(opened, member, label, target)
                if part.is_gzip:
                    _refuse_bomb(part, self._limit)
                yield part


def _unpacked(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str, target: Path
) -> InputPart:
    """Write one member to a file of our own naming, hashing it on the way.

    No more is ever unpacked than the archive declares: `zipfile` calls the rest damaged.
    """
    digest, size = hashlib.sha256(), 0
    with archive.open(member) as packed, target.open("wb") as plain:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            digest.update(chunk)
            plain.write(chunk)
    name = f"{label}/{member.filename}"
    return InputPart(name=name, path=target, size=size, sha256=digest.hexdigest())


def content_sha256(part: InputPart) -> str:
    """Return the SHA-256 of what a part holds, unpacked."""
    if not part.is_gzip:
        return part.sha256
    digest = hashlib.sha256()
    with clear_errors(part.name), gzip.open(part.path) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def open_text(part: InputPart, *, errors: str = "strict") -> Iterator[IO[str]]:
    """Open a part as text with its line ends kept, whatever it is packed in.

    Args:
        part: What is opened.
        errors: What becomes of bytes that are not of its encoding, as `open` takes it.

    Raises:
        SourceError: It is broken, or is not text in its encoding.
    """
    with (
        clear_errors(part.name),
        open_bytes(part) as raw,
        io.TextIOWrapper(raw, encoding=part.encoding, errors=errors, newline="") as text,
    ):
        yield text


def with_encoding(part: InputPart) -> InputPart:
    """Return the part with the encoding that its first bytes declare (a byte order mark)."""
    with clear_errors(part.name), open_bytes(part) as raw:
        head = raw.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return replace(part, encoding="utf-16")
    return replace(part, encoding="utf-8-sig")


def recoded(part: InputPart, target: Path) -> InputPart:
    """Write a part that is not plain UTF-8 as one that is, with line ends of one kind.

    Bytes that are not UTF-8 are read as Windows-1252, which spreadsheets in the United Kingdom
    write.

    Returns:
        The part, now read from `target`; its `encoding` says what it was.

    Raises:
        SourceError: It is neither.
    """
    tried = (part.encoding,) if part.encoding == "utf-16" else ("utf-8-sig", "cp1252")
    for encoding in tried:
        try:
            _copy_text(part, encoding, target)
        except UnicodeDecodeError:
            continue
        return replace(part, path=target, encoding=encoding)
    raise SourceError(
        f"{part.name} is not text in UTF-8, UTF-16 or Windows-1252.",
        hint="Save it again as “CSV UTF-8”.",
    )


def _copy_text(part: InputPart, encoding: str, target: Path) -> None:
    with (
        clear_errors(part.name, passing=UnicodeDecodeError),
        open_bytes(part) as raw,
        io.TextIOWrapper(raw, encoding=encoding, newline=None) as text,
        target.open("w", encoding="utf-8", newline="\n") as plain,
    ):
        while chunk := text.read(CHUNK):
            plain.write(chunk)


def open_bytes(part: InputPart) -> io.BufferedReader:
    """Open the bytes of a part, unpacked."""
    if part.is_gzip:
        return cast("io.BufferedReader", gzip.GzipFile(part.path))  # which has all that is used
    return part.path.open("rb")


def _refuse_bomb(part: InputPart, limit: int) -> None:
    """Refuse a compressed file that unpacks to more than the limit."""
    if part.size * DEFLATE_LIMIT <= limit:
        return
    size = 0
    with clear_errors(part.name), gzip.open(part.path) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise _too_large(part.name, limit)


def _too_large(name: str, limit: int) -> SourceError:
    return SourceError(
        f"{name} unpacks to more than {limit / 1e9:g} GB; it was not read.",
        hint="If that is right, raise `max_unpacked_gb` of this source in sources.toml.",
    )


@contextmanager
def clear_errors(name: str, *, passing: type[Exception] | None = None) -> Iterator[None]:
    """Say in words what is wrong with a file that cannot be read."""
    again = "Copy the file again from where it came from."
    try:
        yield
    except UnicodeDecodeError as error:
        if passing is UnicodeDecodeError:
            raise
        raise SourceError(
            f"{name} is not text in UTF-8, UTF-16 or Windows-1252.",
            hint="Save it again as “CSV UTF-8”.",
        ) from error
    except EOFError as error:
        raise SourceError(f"{name} ends too early: it was cut off.", hint=again) from error
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(f"{name} is damaged: {error}.", hint=again) from error
    except (NotImplementedError, RuntimeError) as error:
        raise SourceError(
            f"{name} cannot be unpacked: {error}.",
            hint="Pack it again as an ordinary .zip without a password.",
        ) from error
    except OSError as error:
        raise SourceError(
            f"{name} cannot be read: {error.strerror or error}.",
            hint="Give this program the right to read it, or correct `path` in sources.toml.",
        ) from error
