/**
 * Everything this module refuses, by a stable code, worded in Korean and English. Nothing personal is in it.
 */

/** @typedef {"ko" | "en"} Lang */

/** @type {Record<string, [ko: string, en: string]>} */
const WORDINGS = {
  "text-not-shown": [
    "동의서가 화면에 온전히 보이지 않아 서명하지 않았습니다. 동의서 영역에는 보이는 글자만 있어야 합니다.",
    "The consent is not wholly visible on the screen, so nothing was signed. Its element must hold visible text only.",
  ],
  "text-not-encodable": [
    "동의서에 바르지 않은 문자가 있어 서명하지 않았습니다.",
    "The text has characters that cannot be encoded, so nothing was signed.",
  ],
  "text-differs": [
    "화면의 동의서와 서버에 있는 동의서가 서로 달라 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "The consent on the screen is not the one the service holds, so nothing was signed. Please contact the shop.",
  ],
  "text-changed": [
    "서명하는 동안 화면의 동의서가 바뀌어 서명을 보내지 않았습니다. 동의서를 다시 확인하십시오.",
    "The consent on the screen changed while signing, so no signature was sent. Please read it again.",
  ],
  "covers-malformed": [
    "서버가 보낸 서명 대상의 형식이 올바르지 않아 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "What the service asked to be signed is not well-formed, so nothing was signed. Please contact the shop.",
  ],
  "covers-other-attributes": [
    "서버가 보낸 서명 대상에 동의서와 관계없는 항목이 있어 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "The service asked for a signature over more than this consent, so nothing was signed. Please contact the shop.",
  ],
  "covers-other-text": [
    "서버가 보낸 서명 대상이 화면의 동의서에 대한 것이 아니어서 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "The service asked for a signature over another text than the one on the screen, so nothing was signed. Please contact the shop.",
  ],
  "covers-other-time": [
    "서명시각이 이 기기의 시각과 10분 넘게 달라 서명하지 않았습니다. 기기의 날짜와 시간을 확인하십시오.",
    "The signing time is more than ten minutes off this device's clock, so nothing was signed. Please check the date and time.",
  ],
  "covers-other-certificate": [
    "서버가 보낸 서명 대상이 다른 인증서에 대한 것이어서 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "The service asked for a signature with another certificate, so nothing was signed. Please contact the shop.",
  ],
  "covers-other-algorithm": [
    "서버가 요청하지 않은 서명 방식을 보내 서명하지 않았습니다. 요금청구기관에 문의하십시오.",
    "The service named another algorithm than was asked for, so nothing was signed. Please contact the shop.",
  ],
  "key-password-missing": ["인증서 비밀번호를 입력하십시오.", "Please enter the password of the certificate."],
  "key-password-wrong": [
    "비밀번호가 올바르지 않습니다. 대소문자와 한/영 상태를 확인하고 다시 입력하십시오.",
    "The password is not right. Please check upper and lower case and enter it again.",
  ],
  "key-file-not": [
    "선택하신 파일은 인증서 개인키 파일이 아닙니다. 파일을 다시 선택하십시오.",
    "This is no private key file. Please choose another file.",
  ],
  "key-file-damaged": [
    "인증서 파일이 손상되었습니다. 인증서를 다시 복사하거나 내보내십시오.",
    "The key file is damaged. Please copy or export it again.",
  ],
  "key-file-truncated": [
    "파일이 일부만 복사되었습니다. 인증서를 다시 복사하십시오.",
    "The file was copied only in part. Please copy it again.",
  ],
  "key-encryption-legacy": [
    "예전 방식(3DES, RC2 등)으로 암호화된 파일이라 여기에서 열 수 없습니다. AES로 다시 내보내십시오: openssl pkcs12 -legacy -in old.p12 -out key.pem, 이어서 openssl pkcs12 -export -in key.pem -out new.p12 (끝나면 key.pem은 지우십시오).",
    "This file is encrypted in an old way (3DES, RC2 or the like), which is not opened here. Please export it again with AES: openssl pkcs12 -legacy -in old.p12 -out key.pem, then openssl pkcs12 -export -in key.pem -out new.p12 (and delete key.pem).",
  ],
  "key-encryption-unsupported": [
    "지원하지 않는 방식으로 암호화된 파일입니다. AES 또는 SEED 방식의 파일을 사용하십시오.",
    "This file is encrypted in a way that is not supported. Please use one encrypted with AES or SEED.",
  ],
  "key-iterations-excessive": [
    "비밀번호를 반복 계산하는 횟수가 지나치게 많아 열지 않았습니다. 인증서를 다시 내보내십시오.",
    "The file asks for too many rounds of hashing the password, so it was not opened. Please export it again.",
  ],
  "key-algorithm-unsupported": [
    "RSA나 타원곡선(P-256, P-384, P-521) 키가 아니어서 서명할 수 없습니다. 다른 인증서를 사용하십시오.",
    "The key is neither RSA nor on P-256, P-384 or P-521 and cannot sign. Please use another certificate.",
  ],
  "key-not-of-certificate": [
    "인증서와 개인키가 서로 짝이 아닙니다. 같은 폴더의 signCert.der와 signPri.key를 선택하십시오.",
    "Certificate and private key do not belong together. Please choose both from the same folder.",
  ],
  "key-files-exchanged": [
    "인증서 파일과 개인키 파일이 서로 바뀌었습니다. 다시 선택하십시오.",
    "The certificate and the key were given for each other. Please choose again.",
  ],
  "key-cannot-sign": [
    "이 키로는 서명할 수 없습니다. 서명 용도의 키인지 확인하십시오.",
    "This key cannot sign. Please check that it is one for signing.",
  ],
  "certificate-for-encryption": [
    "암호화용 인증서(kmCert.der)로는 서명할 수 없습니다. 서명용 인증서(signCert.der)를 선택하십시오.",
    "A certificate for encryption (kmCert.der) does not sign. Please choose the one for signing (signCert.der).",
  ],
  "certificate-expired": [
    "유효기간이 지난 인증서입니다. 갱신하거나 다시 발급받은 인증서를 선택하십시오.",
    "The certificate has expired. Please choose one that has been renewed or reissued.",
  ],
  "certificate-not-yet-valid": [
    "유효기간이 아직 시작되지 않은 인증서입니다. 기기의 날짜와 시간을 확인하십시오.",
    "The certificate is not valid yet. Please check this device's date and time.",
  ],
  "certificate-unreadable": [
    "인증서를 읽을 수 없습니다. 파일을 다시 선택하십시오.",
    "The certificate cannot be read. Please choose another file.",
  ],
  "signing-failed": [
    "전자서명이 이루어지지 않았습니다. 다시 시도하십시오.",
    "The signature was not made. Please try again.",
  ],
  "page-unable": [
    "이 브라우저나 접속 방식에서는 서명할 수 없습니다. 최신 브라우저에서 https 주소로 접속하십시오.",
    "This browser or connection cannot sign. Please use a current browser and an https address.",
  ],
  "token-refused": [
    "서명할 수 있는 시간이 지났습니다. 다시 시도하십시오.",
    "The time for signing is over. Please try again.",
  ],
  "signed-otherwise": [
    "이 동의서는 이미 다른 인증서로 서명되었습니다. 요금청구기관에 문의하십시오.",
    "This consent has been signed with another certificate already. Please contact the shop.",
  ],
  "evidence-refused": [
    "이 인증서로 한 서명은 접수할 수 없습니다. 폐지되었거나 자동납부에 쓸 수 없는 인증서일 수 있습니다. 다른 인증서로 서명하거나 발급기관에 문의하십시오.",
    "A signature with this certificate cannot be accepted: it may have been revoked, or be of a kind that is not for automatic payments. Please use another one, or ask whoever issued it.",
  ],
  "service-refused": ["서명 서버가 요청을 받아들이지 않았습니다.", "The signing service refused the request."],
  "connection-lost": [
    "서명 서버와 연결이 끊겼습니다. 다시 누르시면 이어서 진행되며, 두 번 서명되지 않습니다.",
    "The connection to the signing service was lost. Press again to continue; nothing is signed twice.",
  ],
  "answer-malformed": [
    "서명 서버의 응답을 읽을 수 없습니다. 요금청구기관에 문의하십시오.",
    "The answer of the signing service cannot be read. Please contact the shop.",
  ],
  "answer-differs": [
    "서명 서버가 돌려준 동의자료나 접수증이 서명한 내용과 다릅니다. 요금청구기관에 문의하십시오.",
    "The evidence or receipt that came back is not of what was signed. Please contact the shop.",
  ],
};

/** The root of all of them. `message` is the English wording; `text("ko")` is the Korean one. */
export class DonguiError extends Error {
  /**
   * @param {string} code
   * @param {ErrorOptions} [options]
   */
  constructor(code, options) {
    super(WORDINGS[code][1], options);
    this.name = new.target.name;
    this.code = code;
  }

  /**
   * @param {Lang} lang
   * @returns {string}
   */
  text(lang) {
    return WORDINGS[this.code][lang === "en" ? 1 : 0];
  }
}

/** What is on the screen is not, or not only, what would be signed. */
export class TextRefused extends DonguiError {}

/** The bytes that the service asks to be signed cover something else. */
export class CoversOther extends DonguiError {}

/** A key or certificate that cannot be opened or does not sign. */
export class KeyRefused extends DonguiError {}

/** No answer, or none that can be used; what was begun is kept and continued by the next attempt. */
export class ConnectionLost extends DonguiError {}

/** The service refused; `problem` is its RFC 9457 object in the language that was asked for. */
export class ServiceRefused extends DonguiError {
  /**
   * @param {string} code
   * @param {number} [status]
   * @param {{code?: string, detail?: string, remedy?: string}} [problem]
   */
  constructor(code, status = 0, problem = {}) {
    super(code);
    this.status = status;
    this.problem = problem;
  }

  /**
   * @param {Lang} lang
   * @returns {string}
   */
  text(lang) {
    const said = [this.problem.detail, this.problem.remedy].filter((part) => typeof part === "string" && part);
    return this.code === "service-refused" && said.length ? said.join(" ") : super.text(lang);
  }
}

export const CODES = Object.freeze(Object.keys(WORDINGS));
