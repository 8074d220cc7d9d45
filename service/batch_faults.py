"""What `dongui batch` refuses."""

from __future__ import annotations

from consent.errors import CodedError


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
