"""What the command says in Korean beside its coded errors: summaries, wrong use, and the labels of `inspect`."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click

from service.options import BankCode
from service.times import text_told

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "render": "동의서 항목으로 출금동의원문을 작성합니다.",
        "sign": "출금동의원문에 전자서명하여 원문을 포함한 DER를 만듭니다.",
        "prepare": "다른 곳에 있는 키로 서명할 대상을 만듭니다.",
        "complete": "받은 서명값으로 DER를 완성합니다.",
        "verify": "전자서명 동의자료(DER)를 검증합니다.",
        "batch": "많은 동의자료를 검증하고 건별 판정을 결과표로 저장합니다.",
        "report": "동의자료의 검증 보고서를 HTML이나 PDF로 작성합니다.",
        "batch-report": "일괄 검증 결과표의 보고서를 HTML로 작성하거나 화면에 표시합니다.",
        "timestamp": "동의자료의 타임스탬프(RFC 3161)를 받아 옆에 저장합니다.",
        "inspect": "DER, 인증서, 키 파일, FB 파일의 내용을 표시합니다. 개인정보는 가립니다.",
        "npki": "NPKI 폴더의 인증서: 목록 표시, PKCS#12로 내보내기",
        "npki list": "NPKI 폴더에 있는 인증서를 표시합니다. 소유자는 가립니다.",
        "npki export": "NPKI 폴더의 인증서와 개인키를 PKCS#12(.p12) 파일로 내보냅니다.",
        "trust": "신뢰 폴더: 내용과 만료 확인, 접속할 호스트 목록, CRL과 OCSP 응답 받기",
        "trust show": "신뢰 폴더의 내용과 만료일을 표시합니다.",
        "trust hosts": "신뢰 폴더의 인증기관이 사용하는 호스트와 포트를 표시합니다.",
        "trust fetch": "인증기관의 폐지목록(CRL)과 OCSP 응답을 받아 신뢰 폴더에 저장합니다.",
        "file": "FB 파일: 항목과 코드, 내용 표시, 비교, 병합, 분할, 점검",
        "file layouts": "파일별 모든 항목을 표시합니다.",
        "file codes": "응답코드, 항목의 코드, 파일구분코드의 뜻을 표시합니다.",
        "file banks": "금융회사코드와 사용 기간을 표시합니다.",
        "file r00": "출금동의등록(R00)의 추가 항목을 JSON으로 분할하거나 작성합니다.",
        "file show": "FB 파일의 내용을 레코드별로 표시합니다. 개인정보는 가립니다.",
        "file json": "FB 파일의 내용을 JSON으로 표시합니다. 개인정보는 가립니다.",
        "file diff": "FB 파일 두 개를 레코드별로 비교합니다.",
        "file merge": "같은 종류의 FB 파일을 하나로 합칩니다.",
        "file split": "FB 파일을 금융회사별, 이용기관별, 건수별로 나눕니다.",
        "file decode": "FB 파일을 JSON으로 변환합니다(한 줄에 레코드 하나, 가리지 않음).",
        "file encode": "JSON을 같은 바이트의 FB 파일로 복원합니다.",
        "file check": "통합기관의 응답코드를 레코드별로 예측합니다(첨부1).",
        "fb0110": "출금이체 증빙자료 정보(FB0110)를 작성합니다.",
        "fb0420": "사후점검 동의자료 요청(FB0410)에 FB0420으로 회신합니다.",
        "calendar": "은행 휴무일과 영업일, 파일별 기한을 표시합니다.",
        "store": "동의 보관소: 만들기, 접수, 현황, 이용기관 코드, 키 교체, 파일 정리, 표 구조 변환",
        "store init": "새 보관소와 키 파일을 만듭니다.",
        "send": "보관소에서 제출 대기 중인 것을 송신 폴더에 파일로 만듭니다.",
        "fix": "조치가 필요한 것과 조치 방법: 목록, 재제출, 정정, 동의자료 보완, 철회, 변경 접수 회신, 확인, 종료",
        "fix list": "조치가 필요한 동의와 확인할 것을 사유, 조치 방법과 함께 표시합니다.",
        "fix requeue": "오류가 난 동의를 다시 제출 대기로 등록합니다.",
        "fix amend": "동의의 틀린 값을 정정하고 다시 제출 대기로 등록합니다.",
        "fix evidence": "사후점검에서 잘못되었다고 한 동의자료를 보완합니다.",
        "fix withdraw": "접수가 확인된 적이 없는 동의를 철회합니다.",
        "fix receipt": "출금이체 변경 요청의 접수 응답코드를 정합니다.",
        "fix close": "다른 경로로 회신한 사후점검 요청의 처리를 종료합니다.",
        "fix done": "받은 파일의 확인 사항을 확인한 것으로 표시합니다.",
        "due": "할 일과 남은 시간, 하지 않으면 생기는 일을 표시합니다.",
        "cancel": "해지 요청을 다음 FB0110의 제출 대기로 등록하거나 취소합니다.",
        "ledger": "금융회사 원장(FB0933)과 보관소의 차이를 표시합니다.",
        "take-in": "통합기관에서 받은 파일을 보관소에 접수합니다.",
        "store add": "동의와 동의자료를 보관소에 접수합니다.",
        "store show": "보관소의 현황을 표시합니다.",
        "store rekey": "새 키를 만들고 보관소의 모든 자료를 새 키로 다시 암호화합니다.",
        "store institution": "금융회사별 이용기관 코드를 정하거나 표시합니다.",
        "store sweep": "보관소에 없는 동의자료 파일을 폴더에서 정리합니다.",
        "store upgrade": "이전 버전에서 만든 보관소의 표 구조를 현재 버전으로 변환합니다.",
        "consent": "보관소의 동의: 목록, 상세",
        "consent list": "보관소의 동의를 표시합니다. 개인정보는 가립니다.",
        "consent show": "동의 하나의 상태, 동의자료, 검증 이력, 파일, 기록을 표시합니다.",
        "retention": "보존기간이 지난 동의: 목록, 삭제",
        "retention list": "보존기간이 지났거나 곧 지나는 동의를 표시합니다.",
        "retention delete": "보존기간이 지난 동의의 개인정보와 동의자료를 삭제합니다.",
        "log": "보관소의 기록: 위변조 확인, 표시",
        "log verify": "기록이 처음 기록한 그대로인지 확인합니다.",
        "log show": "기록을 표시합니다.",
        "institute": "예행연습 전용: 통합기관과 금융회사의 역할을 대신합니다.",
        "users": "콘솔 사용자: 등록, 목록, 권한, 비밀번호, 사용 중지",
        "users add": "콘솔 사용자를 등록합니다.",
        "users list": "콘솔 사용자를 표시합니다.",
        "users role": "콘솔 사용자의 권한을 바꿉니다.",
        "users password": "콘솔 사용자의 비밀번호를 바꾸고 잠금을 풉니다.",
        "users disable": "콘솔 사용자의 사용을 중지하거나 재개합니다.",
        "keys": "서비스의 API 키: 발급, 목록, 교체, 폐기",
        "keys add": "API 키를 발급합니다.",
        "keys list": "API 키와 권한, 유효기간을 표시합니다.",
        "keys rotate": "같은 권한의 새 키를 발급하고 이전 키를 끝냅니다.",
        "keys revoke": "API 키를 폐기합니다.",
        "settings": "서비스의 설정: 점검",
        "settings check": "설정의 오류를 모두 찾아 조치 방법과 함께 표시합니다.",
        "serve": "서비스(API, 콘솔, 접수증 확인)를 실행합니다.",
    }
)

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "authority": "인증기관",
        "certificate": "인증서",
        "content": "원문",
        "damaged record": "손상된 레코드",
        "digest algorithm": "해시 알고리즘",
        "digest algorithms": "해시 알고리즘 목록",
        "encoding": "인코딩",
        "encrypted": "암호화 여부",
        "encryption": "암호화 방식",
        "fault": "오류",
        "faults": "오류 수",
        "form": "형식",
        "header": "Header부",
        "holder kind": "명의 구분",
        "issuer": "발급자",
        "issuing authority": "발급 인증기관",
        "key": "키",
        "key usage": "키 사용 목적",
        "policies": "인증서 정책",
        "product": "상품",
        "reason": "사유",
        "record": "레코드",
        "records": "레코드 수",
        "room for text": "넣을 수 있는 원문",
        "serial number": "일련번호",
        "signature": "서명값",
        "signature algorithm": "서명 알고리즘",
        "signed attributes": "서명속성",
        "signer": "서명자",
        "signing time (claimed)": "서명시각(서명자 기재)",
        "signs consents": "출금 동의 서명",
        "subject": "주체",
        "text": "내용",
        "trailer": "Trailer부",
        "use": "이용 범위",
        "valid from": "유효기간 시작",
        "valid until": "유효기간 만료",
        "validity": "유효 여부",
        "version": "버전",
    }
)
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed-data": "전자서명(signed-data)",
        "certificate": "인증서",
        "private key": "개인키",
        "PKCS#12": "PKCS#12 파일",
    }
)
_VALUES: Final = (
    (r"yes", "예"),
    (r"no: keep it safe", "아니요: 유출되지 않게 보관하십시오."),
    (r"none", "없음"),
    (r"malformed", "형식 오류"),
    (r"detached", "포함되어 있지 않음(원문 분리형 서명)"),
    (r"cannot be read", "읽을 수 없음"),
    (r"not restricted", "제한 없음"),
    (r"version (-?\d+)", r"버전 \1"),
    (r"(\d+) bytes", r"\1바이트"),
    (r"(\d+) bytes, no consent text", r"\1바이트, 출금동의원문이 아님"),
    (r"(\d+) bytes, (utf-8|euc-kr)", r"\1바이트, \2"),
    (r"not DER: (\d+) deviations; `dongui verify` lists them", r"DER이 아님: 어긋난 곳 \1개, dongui verify로 확인"),
    (r"RSA (\d+) bits", r"RSA \1비트"),
    (r"(RSA|EC) with (\w+)", r"\1, \2"),
    (r"PEM, (\d+) certificate\(s\)", r"PEM, 인증서 \1개"),
    (r"PKCS#8, encrypted", "PKCS#8, 암호화되어 있음"),
    (r"not encrypted: keep it safe", "암호화되어 있지 않음: 유출되지 않게 보관하십시오."),
    (r"keys and certificates, opened by a password", "비밀번호로 여는 개인키와 인증서"),
    (r"@(\d+), evidence (\d+) bytes", r"@\1, 증빙자료 \2바이트"),
    (r"(\d+) in all; the first (\d+) are shown", r"모두 \1건, 처음 \2건만 표시"),
)
"""Patterns as text: only `inspect` waits until they are compiled."""

_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content-type": "원문 유형",
        "message-digest": "메시지 다이제스트",
        "signing-time": "서명시각",
        "digitalSignature": "전자서명",
        "nonRepudiation": "부인방지",
        "keyEncipherment": "키 암호화",
        "dataEncipherment": "데이터 암호화",
        "keyAgreement": "키 합의",
        "keyCertSign": "인증서 발급",
        "cRLSign": "폐지목록(CRL) 발행",
    }
)
"""Of signed attributes and key usages, which stand in lists; the standard's name stays beside them."""

_NUMBERED: Final = re.compile(r"(.+) ([0-9]+|[HT])")


def label(english: str) -> str:
    """The Korean of a label of `inspect`, which may end in a number; names of fields have theirs already."""
    if english in LABELS:
        return LABELS[english]
    parts = _NUMBERED.fullmatch(english)
    return f"{LABELS[parts[1]]} {parts[2]}" if parts and parts[1] in LABELS else english


def kind(english: str) -> str:
    """The Korean of what a file is; FB files have theirs already."""
    return _KINDS.get(english, english)


def value(english: str) -> str:
    """The Korean of a value of `inspect` that is in words, times in that of Korea; all others as they are."""
    moment = text_told(english, "ko")
    if moment != english:
        return moment
    names = english.split(", ")
    if any(name in _NAMES for name in names):
        return ", ".join(f"{_NAMES[name]}({name})" if name in _NAMES else name for name in names)
    said = next((found.expand(ko) for pattern, ko in _VALUES if (found := re.fullmatch(pattern, english))), english)
    return re.sub(r"\d{4,}(?=바이트)", lambda number: f"{int(number[0]):,}", said)


def wrong_use(error: click.ClickException) -> str:
    """What is wrong with the words of a command, and where help is."""
    context = getattr(error, "ctx", None)
    path = "dongui" if context is None else context.command_path
    return f"오류: {_wrong(error)}\n  → 사용법: {path} --help"


def _wrong(error: click.ClickException) -> str:
    match error:
        case click.MissingParameter():
            kind = "인자가" if isinstance(error.param, click.Argument) else "옵션이"
            return f"필요한 {kind} 없습니다: {_name(error)}"
        case click.NoSuchOption():
            return f"알 수 없는 옵션입니다: {error.option_name}" + _similar(error.possibilities)
        case click.exceptions.NoSuchCommand():
            return f"알 수 없는 명령입니다: {error.command_name}" + _similar(error.possibilities)
        case click.BadOptionUsage():
            return f"옵션의 값이 없거나 값을 받지 않는 옵션입니다: {error.option_name}"
        case click.BadParameter():
            return f"{_name(error)}의 값이 올바르지 않습니다. " + _allowed(error)
        case _:
            has_too_many = error.message.startswith("Got unexpected extra argument")
            too_many = "값을 받지 않는 옵션 뒤에 값이 있거나 인자가 너무 많습니다."
            return f"사용법이 올바르지 않습니다. {too_many if has_too_many else f'({error.format_message()})'}"


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "?")
    if isinstance(error.param, click.Argument) and error.ctx is not None:
        return error.param.make_metavar(error.ctx)
    return " / ".join(error.param.opts)


def _allowed(error: click.BadParameter) -> str:
    kind = None if error.param is None else error.param.type
    if isinstance(kind, click.Choice):
        return "가능한 값: " + ", ".join(map(str, kind.choices))
    if isinstance(kind, click.IntRange):
        return _whole_number(kind)
    if isinstance(kind, BankCode):
        return "세 자리 숫자로 된 금융회사코드를 지정하십시오."
    if isinstance(kind, click.DateTime):
        return "YYYY-MM-DD 또는 YYYYMMDD 형식의 날짜를 지정하십시오."
    return f"({error.message})"


def _whole_number(kind: click.IntRange) -> str:
    if kind.max is None:
        return f"{kind.min} 이상의 정수를 지정하십시오."
    return f"{kind.min}~{kind.max} 사이의 정수를 지정하십시오."


def _similar(names: list[str] | None) -> str:
    return f" (비슷한 이름: {', '.join(names)})" if names else ""
