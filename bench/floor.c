/* What judging costs in C, in microseconds a consent: the two signatures alone, with the keys loaded (floor), and
 * OpenSSL's own CMS_verify, without and with revocation lists. Built and run by bench/compiled.py.
 *
 * floor FOLDER MODE COUNT      MODE: floor | cms | cms-crl | version
 * FOLDER has root.der, ca*.der, *.crl and N.der, and for the floor N.tbs, N.sig1, N.ca, N.key, N.attrs, N.sig2, of which
 * the first COUNT are judged. Reading files is not counted. */
#include <dirent.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { unsigned char *bytes; size_t length; } Data;

static Data read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    Data data = {NULL, 0};
    if (file == NULL) return data;
    fseek(file, 0, SEEK_END);
    data.length = (size_t)ftell(file);
    rewind(file);
    data.bytes = malloc(data.length + 1);
    if (fread(data.bytes, 1, data.length, file) != data.length) exit(3);
    fclose(file);
    return data;
}

static Data read_part(const char *folder, int number, const char *suffix) {
    char name[64];
    snprintf(name, sizeof name, "%d.%s", number, suffix);
    return read_file(folder, name);
}

static X509 *read_certificate(const char *folder, const char *name) {
    Data data = read_file(folder, name);
    const unsigned char *at = data.bytes;
    return data.bytes == NULL ? NULL : d2i_X509(NULL, &at, (long)data.length);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int verify(EVP_PKEY *key, Data signature, Data message) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
               EVP_DigestVerify(context, signature.bytes, signature.length, message.bytes, message.length) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static int floor_mode(const char *folder, int count) {
    enum { MOST = 100000 };
    static Data tbs[MOST], sig1[MOST], attrs[MOST], sig2[MOST];
    static EVP_PKEY *issuer[MOST], *signer[MOST];
    if (count > MOST) return 2;
    for (int i = 0; i < count; i++) {
        tbs[i] = read_part(folder, i, "tbs");
        sig1[i] = read_part(folder, i, "sig1");
        attrs[i] = read_part(folder, i, "attrs");
        sig2[i] = read_part(folder, i, "sig2");
        Data ca = read_part(folder, i, "ca"), key = read_part(folder, i, "key");
        const unsigned char *at = ca.bytes;
        issuer[i] = d2i_PUBKEY(NULL, &at, (long)ca.length);
        at = key.bytes;
        signer[i] = d2i_PUBKEY(NULL, &at, (long)key.length);
    }
    double start = now();
    for (int i = 0; i < count; i++)
        if (!verify(issuer[i], sig1[i], tbs[i]) || !verify(signer[i], sig2[i], attrs[i])) return 4;
    printf("%.2f\n", (now() - start) / count);
    return 0;
}

static int cms_mode(const char *folder, int count, int with_lists) {
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, read_certificate(folder, "root.der"));
    for (int i = 0; i < 16; i++) {
        char name[64];
        snprintf(name, sizeof name, "ca%d.der", i);
        X509 *one = read_certificate(folder, name);
        if (one == NULL) break;
        X509_STORE_add_cert(store, one); /* CMS_verify of 3.0 builds paths from the message and the store alone */
    }
    for (int i = 0; with_lists && i < 16; i++) {
        char name[64];
        snprintf(name, sizeof name, "%d.crl", i);
        Data data = read_file(folder, name);
        const unsigned char *at = data.bytes;
        if (data.bytes == NULL) break;
        X509_STORE_add_crl(store, d2i_X509_CRL(NULL, &at, (long)data.length));
    }
    if (with_lists) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
    double spent = 0;
    for (int i = 0; i < count; i++) {
        Data data = read_part(folder, i, "der");
        if (data.bytes == NULL) return 3;
        double start = now();
        const unsigned char *at = data.bytes;
        CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)data.length);
        BIO *text = BIO_new(BIO_s_mem());
        int good = CMS_verify(cms, NULL, store, NULL, text, CMS_BINARY);
        BIO_free(text);
        CMS_ContentInfo_free(cms);
        spent += now() - start;
        free(data.bytes);
        if (good != 1) {
            ERR_print_errors_fp(stderr);
            return 4;
        }
    }
    printf("%.2f\n", spent / count);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int count = atoi(argv[3]);
    if (strcmp(argv[2], "version") == 0) return puts(OpenSSL_version(OPENSSL_VERSION)) < 0;
    if (count < 1) return 2;
    if (strcmp(argv[2], "floor") == 0) return floor_mode(argv[1], count);
    return cms_mode(argv[1], count, strcmp(argv[2], "cms-crl") == 0);
}
