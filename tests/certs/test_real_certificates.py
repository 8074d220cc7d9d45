"""Real certificates of the Korean public-key infrastructure, where they are at hand beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from certs import TrustStore
from certs.identify_data import IdentifyData
from certs.keys import load_certificates

NPKI = Path(__file__).parents[3] / "shared" / "npki"
FILES = sorted(NPKI.glob("*.der"))

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/npki is not beside the repository")


def test_a_trust_folder_takes_them_all(tmp_path: Path) -> None:
    for name in ("anchors", "intermediates"):
        (tmp_path / name).mkdir()
    for file in FILES:
        where = "anchors" if "Root" in file.name else "intermediates"
        (tmp_path / where / file.name).write_bytes(file.read_bytes())
    trust = TrustStore.open(tmp_path)
    assert len(trust.anchors) + len(trust.intermediates) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_their_identify_data_is_read_and_written_back_alike(file: Path) -> None:
    (certificate,) = load_certificates(file.read_bytes())
    data = IdentifyData.of(certificate)
    assert (data is None) == ("Root" in file.name)
    if data is not None:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert data.other_name() in names.get_values_for_type(x509.OtherName)
        assert (data.virtual_id is not None) == (file.stem == "test-signer-crosscert")
