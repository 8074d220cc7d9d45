"""Why the operating system refuses a file, in Korean; its own words are those of its own language."""

from __future__ import annotations

import errno
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALWAYS: Final = {
    errno.ENOTDIR: "경로 중간이 폴더가 아닙니다",
    errno.EISDIR: "파일이 아니라 폴더입니다",
    errno.ENAMETOOLONG: "파일 이름이 너무 깁니다",
    errno.ELOOP: "심볼릭 링크가 순환합니다",
    errno.EIO: "저장 장치에 입출력 오류가 발생하였습니다",
}
READING_KO: Final[Mapping[int, str]] = MappingProxyType(
    _ALWAYS
    | {
        errno.ENOENT: "파일이 없습니다",
        errno.EACCES: "읽기 권한이 없습니다",
        errno.EPERM: "읽기 권한이 없습니다",
        errno.EBADF: "표준 입력이 닫혀 있습니다",
        errno.EINVAL: "읽을 수 있는 파일이 아닙니다",
    }
)
WRITING_KO: Final[Mapping[int, str]] = MappingProxyType(
    _ALWAYS
    | {
        errno.ENOENT: "폴더가 없습니다",
        errno.EACCES: "쓰기 권한이 없습니다",
        errno.EPERM: "쓰기 권한이 없습니다",
        errno.ENOSPC: "디스크에 남은 공간이 없습니다",
        errno.EDQUOT: "디스크 할당량을 넘었습니다",
        errno.EFBIG: "파일이 너무 큽니다",
        errno.EROFS: "읽기 전용 저장 장치입니다",
        errno.EBADF: "표준 출력이 닫혀 있습니다",
    }
)
