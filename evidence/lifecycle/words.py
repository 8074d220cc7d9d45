"""States, events and kinds of the store's log, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from consent.errors import Lang
from verifier.reports.terms import OUTCOMES

_STATES_KO: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed": "접수",
        "refused": "검증 부적합",
        "verified": "검증 적합",
        "queued": "제출 대기",
        "sent": "제출",
        "rejected": "오류 회신",
        "accepted": "정상 접수",
        "reconciled": "원장 등록 확인",
        "failed": "대사 실패",
        "cancel_queued": "해지 제출 대기",
        "cancel_sent": "해지 제출",
        "cancel_rejected": "해지 오류 회신",
        "cancelled": "해지",
        "changed": "계좌 변경",
        "withdrawn": "철회",
        "deleted": "보존기간 경과 삭제",
    }
)
_EVENTS_KO: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed": "접수",
        "passed": "검증 적합",
        "refused": "검증 부적합",
        "queued": "제출 대기 등록",
        "held": "제출 보류",
        "sent": "제출",
        "accepted": "정상 접수 확인",
        "rejected": "오류 회신",
        "in_ledger": "원장 등록 확인",
        "not_reconciled": "대사 실패",
        "cancel_queued": "해지 제출 대기 등록",
        "cancel_held": "해지 요청 취소",
        "cancel_dropped": "해지 요청 취소(오류 회신 상태로 복귀)",
        "cancel_sent": "해지 제출",
        "cancel_accepted": "해지 정상 접수 확인",
        "cancel_rejected": "해지 오류 회신",
        "cancelled": "해지",
        "changed": "계좌 변경",
        "began": "변경 후 동의 시작",
        "withdrawn": "철회",
        "lacked": "원장 미등록으로 제출 대기 등록",
        "cancel_void": "해지 대상 없음으로 종료",
        "amended": "값 정정",
        "evidence_added": "동의자료 보완",
        "institution_set": "이용기관 코드 설정",
        "partly_exempt_set": "일부면제기관 여부 설정",
        "remark_done": "확인 사항 확인",
        "file_assigned": "파일 작성 시작",
        "file_ready": "파일 작성 완료",
        "file_answered": "결과 접수",
        "file_refused": "파일 전체 오류 회신",
        "file_open": "파일 접수(회신 필요)",
        "file_closed": "파일 처리 완료",
        "file_elsewhere": "파일 처리 종료(다른 경로로 회신)",
        "file_receipt": "변경 접수 응답코드 지정",
        "judged": "재검증",
        "doubted": "재검증 부적합(상태 유지)",
        "unmasked": "개인정보 열람",
        "evidence_swept": "남은 동의자료 파일 정리",
        "evidence_exported": "동의자료 내보내기",
        "evidence_kept": "동의자료 보관",
        "receipt_given": "접수증 발급",
        "api_key_added": "API 키 발급",
        "api_key_expires": "API 키 만료 지정",
        "api_key_revoked": "API 키 폐기",
        "user_added": "콘솔 사용자 등록",
        "user_role": "콘솔 사용자 권한 변경",
        "user_password": "콘솔 비밀번호 변경",
        "user_disabled": "콘솔 사용자 사용 중지",
        "user_enabled": "콘솔 사용자 사용 재개",
        "user_locked": "콘솔 로그인 잠김",
        "user_logged_in": "콘솔 로그인",
        "user_logged_out": "콘솔 로그아웃",
        "user_acted": "콘솔에서 조치",
        "key_added": "암호화 키 추가",
        "rekeyed": "암호화 키 교체 완료",
        "key_forgotten": "암호화 키 삭제",
        "deleted": "보존기간 경과 삭제",
        "records_deleted": "파일 레코드 보존기간 경과 삭제",
    }
)
_DETAILS_KO: Final[Mapping[str, str]] = MappingProxyType(
    {
        "after": "변경 전 동의",
        "answer": "처리한 파일",
        "answers": "회신 대상 파일",
        "applied_on": "신청 일자",
        "as": "새 동의",
        "at": "만료 시각",
        "bank": "금융회사코드",
        "before": "이전 코드",
        "by": "처리 주체",
        "certificate": "인증서 SHA-256",
        "code": "코드",
        "content": "원문 SHA-256",
        "did": "조치",
        "ended_on": "종료일",
        "evidence": "동의자료",
        "exempt": "일부면제기관",
        "fields": "항목",
        "files": "파일 수",
        "indication": "검증 결과",
        "institution": "이용기관 코드",
        "key": "키",
        "name": "파일명",
        "of": "변경 전 이용기관 코드",
        "process_date": "처리기준일자",
        "record": "레코드",
        "records": "레코드 수",
        "remark": "처리",
        "requested_on": "해지 신청 일자",
        "role": "권한",
        "rows": "행 수",
        "scopes": "권한",
        "sha256": "SHA-256",
        "size": "바이트 수",
        "state": "상태",
        "user": "사용자",
    }
)
_VALUES_KO: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("did", "amended"): "값 정정",
        ("did", "another"): "값 정정(새 동의)",
        ("did", "withdrawn"): "철회",
        ("did", "cancelled"): "해지 요청",
        ("did", "held"): "해지 요청 취소",
        ("did", "void"): "해지 대상 없음으로 종료",
        ("did", "done"): "확인",
        ("did", "decided"): "응답코드 지정",
        ("exempt", "no"): "아니오",
        ("exempt", "yes"): "예",
        **{("indication", one.name): said["ko"] for one, said in OUTCOMES.items()},
    }
)


def state_name(state: str, lang: Lang) -> str:
    """A state as a person reads it."""
    return _STATES_KO.get(state, state) if lang == "ko" else state.replace("_", " ")


def event_name(event: str, lang: Lang) -> str:
    """An event as a person reads it; what is not known here keeps its own name."""
    return _EVENTS_KO.get(event, event) if lang == "ko" else event.replace("_", " ")


def detail_told(name: str, value: str, lang: Lang) -> str:
    """What goes with an event, as a person reads it; what is not known here keeps its own name."""
    if lang == "ko":
        return f"{_DETAILS_KO.get(name, name)} {_VALUES_KO.get((name, value), value)}"
    return f"{name} {value}"
