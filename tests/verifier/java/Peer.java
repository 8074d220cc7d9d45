import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.Hashtable;
import java.util.List;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * BouncyCastle signing and verifying in a folder, all in one run: starting Java costs more than the work.
 *
 * sign FOLDER: jobs.txt has a line a message, "name pair algorithm flags", and leaves name.der. A pair is a
 * sub-folder with key.der, cert.der and issuer.der.
 * verify FOLDER: for each *.der a line, "name verified" or "name refused".
 */
public class Peer {
    static final Date SIGNED_AT = Date.from(Instant.parse("2026-06-01T09:00:00Z"));

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Path folder = Path.of(arguments[1]);
        if (arguments[0].equals("sign")) {
            for (String line : Files.readAllLines(folder.resolve("jobs.txt"))) {
                String[] job = line.split(" ");
                byte[] der = sign(folder, job[1], job[2], List.of(job).subList(3, job.length));
                Files.write(folder.resolve(job[0] + ".der"), der);
            }
        } else {
            try (var files = Files.newDirectoryStream(folder, "*.der")) {
                for (Path file : files) {
                    String name = file.getFileName().toString().replace(".der", "");
                    System.out.println(name + " " + (verifies(Files.readAllBytes(file)) ? "verified" : "refused"));
                }
            }
        }
    }

    static byte[] sign(Path folder, String pair, String algorithm, List<String> flags) throws Exception {
        X509Certificate certificate = certificate(folder.resolve(pair).resolve("cert.der"));
        ContentSigner signer = new JcaContentSignerBuilder(algorithm).setProvider("BC")
            .build(key(folder.resolve(pair).resolve("key.der"), certificate.getPublicKey().getAlgorithm()));
        var builder = new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build());
        var attributes = new Hashtable<ASN1ObjectIdentifier, Attribute>();
        attributes.put(CMSAttributes.signingTime, new Attribute(CMSAttributes.signingTime, new DERSet(new Time(SIGNED_AT))));
        builder.setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)));
        builder.setDirectSignature(flags.contains("-direct"));
        SignerInfoGenerator info = flags.contains("-keyid")
            ? builder.build(signer, keyIdentifier(certificate))
            : builder.build(signer, certificate);
        var generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(info);
        var certificates = new ArrayList<>(List.of(certificate));
        if (flags.contains("-issuer")) {
            certificates.add(certificate(folder.resolve(pair).resolve("issuer.der")));
        }
        generator.addCertificates(new JcaCertStore(certificates));
        CMSSignedData signed = generator.generate(new CMSProcessableByteArray(Files.readAllBytes(folder.resolve("text"))), true);
        return flags.contains("-ber") ? signed.getEncoded() : signed.toASN1Structure().getEncoded("DER");
    }

    static byte[] keyIdentifier(X509Certificate certificate) throws Exception {
        var extensions = new X509CertificateHolder(certificate.getEncoded()).getExtensions();
        return SubjectKeyIdentifier.fromExtensions(extensions).getKeyIdentifier();
    }

    /** Whether each signer's certificate is in the message and its key made the signature; where it leads is not asked. */
    static boolean verifies(byte[] der) {
        try {
            var signed = new CMSSignedData(der);
            for (SignerInformation signer : signed.getSignerInfos()) {
                var holder = (X509CertificateHolder) signed.getCertificates().getMatches(signer.getSID()).iterator().next();
                var verifier = new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC")
                    .build(BouncyCastleProvider.getPublicKey(holder.getSubjectPublicKeyInfo()));
                if (!signer.verify(verifier)) {
                    return false;
                }
            }
            return signed.getSignerInfos().size() > 0;
        } catch (Exception refusal) {
            return false;
        }
    }

    static X509Certificate certificate(Path path) throws Exception {
        try (InputStream stream = Files.newInputStream(path)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(stream);
        }
    }

    static PrivateKey key(Path path, String algorithm) throws Exception {
        return KeyFactory.getInstance(algorithm, "BC").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(path)));
    }
}
