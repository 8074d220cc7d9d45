"""What `dongui batch` refuses."""

from __future__ import annotations

from consent.errors import CodedError
from verifier.batch.cluster import Differs


class ReportExists(CodedError):
    """A report of that name is there already."""

    code = "SVC-068"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class BatchInterrupted(CodedError):
    """A run that was interrupted lies there, and nobody said what is to become of it."""

    code = "SVC-069"

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class BatchDiffers(CodedError):
    """What is to be taken up is not what was interrupted."""

    code = "SVC-070"

    def __init__(self, differing: list[str]) -> None:
        super().__init__(
            differing_ko=", ".join(_NAMES[name][0] for name in differing),
            differing_en=", ".join(_NAMES[name][1] for name in differing),
        )


_NAMES = {
    "version": ("Dongui의 버전", "the version of Dongui"),
    "plan_sha256": ("자료(SOURCE)", "the source"),
    "trust_sha256": ("신뢰 폴더", "the trust folder"),
    "policy": ("검증 정책", "the policy"),
    "at": ("검증 기준시각", "the time"),
    "holder": ("명의 구분", "the holder"),
    "sample": ("표본 건수", "the size of the sample"),
    "seed": ("표본 번호(--seed)", "the seed"),
}


class NothingThatTouches(CodedError):
    """A file is neither a revocation list of one issuer nor a certificate."""

    code = "SVC-127"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class BatchBusy(CodedError):
    """Another run is at work on the same report."""

    code = "SVC-071"

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class BatchDamaged(CodedError):
    """What an interrupted run left behind cannot be read."""

    code = "SVC-072"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class NothingToJudge(CodedError):
    """There is no evidence in the source."""

    code = "SVC-073"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class SourceUnknown(CodedError):
    """A file that is none of the sources of a batch."""

    code = "SVC-074"

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class BatchFormUnknown(CodedError):
    """The name of the report does not say what it is to be."""

    code = "SVC-075"

    def __init__(self, known: str) -> None:
        super().__init__(known=known)


class OnlyUnknown(CodedError):
    """`--only` names neither an outcome nor a code."""

    code = "SVC-076"

    def __init__(self, words: str) -> None:
        super().__init__(words=words[:20])


class ColumnsNotUnderstood(CodedError):
    """`--columns` does not say which column is which."""

    code = "SVC-077"

    def __init__(self, words: str) -> None:
        super().__init__(words=words[:40])


class ClusterMissing(CodedError):
    """What `--scheduler` needs is not installed."""

    code = "SVC-086"

    def __init__(self) -> None:
        super().__init__()


class SchedulerUnreachable(CodedError):
    """No scheduler answers at that address, or not any more."""

    code = "SVC-087"

    def __init__(self, address: str) -> None:
        super().__init__(address=address[:100])


class ClusterDiffers(CodedError):
    """A machine of the cluster does not see what this one does."""

    code = "SVC-088"

    def __init__(self, machine: str, what: Differs, place: str) -> None:
        super().__init__(machine=machine, what_ko=_SEEN[what][0], what_en=_SEEN[what][1], place=place)


_SEEN: dict[Differs, tuple[str, str]] = {
    "version": ("Dongui의 버전", "version of Dongui"),
    "source": ("자료(SOURCE)", "source"),
    "trust": ("신뢰 폴더", "trust folder"),
}


class ClusterFails(CodedError):
    """The cluster has nobody who can judge."""

    code = "SVC-089"

    def __init__(self, address: str) -> None:
        super().__init__(address=address[:100])
