//! Cryptography for `jsonwebtoken`: ring, which is already linked for TLS. It verifies RS256 and ES256, and does not
//! sign.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
    signature::{Error as SignatureError, Verifier},
};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory,
    // For generating key sets, which Berth does not do.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Installs ring as the provider of this process.
pub(super) fn install() {
    // Fails only if a provider is installed already. It is this one, because no other is linked.
    let _ = PROVIDER.install_default();
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that the crate requires")]
fn verifier_factory(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    match (algorithm, key.family()) {
        (Algorithm::RS256, AlgorithmFamily::Rsa) | (Algorithm::ES256, AlgorithmFamily::Ec) => {
            Ok(Box::new(RingVerifier { algorithm: *algorithm, key: key.clone() }))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), SignatureError> {
        use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        match self.key.kind() {
            RsaModulusExponent { n, e } => {
                // A modulus is unsigned. Some issuers add a leading zero.
                let n = n.strip_prefix(&[0]).unwrap_or(n);
                RsaPublicKeyComponents { n, e: e.as_slice() }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            SecretOrDer(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
        }
        .map_err(|_| SignatureError::new())
    }
}
