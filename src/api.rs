//! The API as documented: its services, calls, fields and limits, and its error codes. What differs between calls and
//! services is in one table: [`CallSpec`].

/// Whose rules apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// ROMA Connect: `POST /v2/{project_id}/apic/certificates`.
    #[default]
    Roma,
    /// API Gateway, and Open Telekom Cloud's: `POST /v2/{project_id}/apigw/certificates`.
    Apig,
}

impl Service {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Roma, Self::Apig];

    /// As it is given on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roma => "roma",
            Self::Apig => "apig",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Roma => "ROMA Connect",
            Self::Apig => "API Gateway",
        }
    }
}

/// A call that takes the form of a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// Creates a certificate.
    #[default]
    Create,
    /// Replaces the content of a stored certificate.
    Update,
    /// Creates a certificate and binds it to a domain name of an API group.
    Bind,
}

impl Call {
    /// All calls.
    pub const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Bind];

    /// Its name on the command line and in `apicert.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Bind => "bind",
        }
    }

    /// The page of the reference about it.
    #[must_use]
    pub const fn reference_page(self) -> &'static str {
        match self {
            Self::Create => "https://support.huaweicloud.com/intl/en-us/api-roma/CreateCertificateV2.html",
            Self::Update => "https://support.huaweicloud.com/intl/en-us/api-roma/UpdateCertificateV2.html",
            Self::Bind => "https://support.huaweicloud.com/intl/en-us/api-roma/AssociateCertificateV2.html",
        }
    }
}

/// What the reference says about a call on a service: a row of the table of calls.
#[derive(Clone, Copy, Debug)]
pub struct CallSpec {
    /// The call.
    pub call: Call,
    /// The service.
    pub service: Service,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with the names of its parameters in braces.
    pub path: &'static str,
    /// The fields of the request body, in the order of the reference.
    pub fields: &'static [Field],
    /// The fields that are always mandatory.
    pub mandatory: &'static [Field],
    /// The codes of errors that only some calls document.
    pub codes: &'static [(Defect, Rejection)],
    /// The status of success.
    pub success: u16,
    /// The body of the response of success.
    pub response: ResponseKind,
    /// The fields of the response that cannot be known from the request.
    pub server_assigned: &'static [&'static str],
    /// Whether `type` and `instance_id` must be those of the stored certificate.
    pub has_fixed_scope: bool,
    /// Whether the guide says that certificate chains are not supported.
    pub discourages_chains: bool,
}

/// A defect whose error code depends on the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// `name` does not match the documented pattern.
    Name,
    /// The certificate is valid beyond 2038-01-19.
    ExpiresAfter2038,
    /// The key usage of an SM2 certificate does not fit its role.
    KeyUsage,
}

/// The body of a response of success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// The metadata of the certificate.
    Certificate,
    /// The domain name and the certificate that is bound to it.
    Domain,
}

const NAME_AS_SIBLINGS: (Defect, Rejection) = (Defect::Name, Rejection::sibling(ApiError::INVALID_PARAMETER));
const NAME_OF_BIND: (Defect, Rejection) = (Defect::Name, Rejection::documented(ApiError::INVALID_NAME));
const AFTER_2038: (Defect, Rejection) =
    (Defect::ExpiresAfter2038, Rejection::documented(ApiError::AFTER_2038));
const KEY_USAGE: (Defect, Rejection) = (Defect::KeyUsage, Rejection::documented(ApiError::KEY_USAGE));

const ROMA_CREATE: CallSpec = CallSpec {
    call: Call::Create,
    service: Service::Roma,
    method: "POST",
    path: "/v2/{project_id}/apic/certificates",
    fields: &Field::ALL,
    mandatory: &[Field::Name, Field::CertContent, Field::PrivateKey],
    codes: &[],
    success: 200,
    response: ResponseKind::Certificate,
    server_assigned: &["id", "create_time", "update_time"],
    has_fixed_scope: false,
    discourages_chains: true,
};

const APIG_CREATE: CallSpec = CallSpec {
    service: Service::Apig,
    path: "/v2/{project_id}/apigw/certificates",
    codes: &[NAME_AS_SIBLINGS, AFTER_2038, KEY_USAGE],
    discourages_chains: false,
    ..ROMA_CREATE
};

const ROMA_BIND: CallSpec = CallSpec {
    call: Call::Bind,
    path: "/v2/{project_id}/apic/instances/{instance_id}/api-groups/{group_id}/domains/{domain_id}/certificate",
    fields: &[
        Field::Name,
        Field::CertContent,
        Field::PrivateKey,
        Field::Type,
        Field::InstanceId,
        Field::TrustedRootCa,
    ],
    codes: &[NAME_OF_BIND],
    success: 201,
    response: ResponseKind::Domain,
    server_assigned: &[
        "id",
        "url_domain",
        "status",
        "ssl_id",
        "min_ssl_version",
        "is_http_redirect_to_https",
        "ssl_infos",
    ],
    ..ROMA_CREATE
};

/// The table of calls.
static CALLS: [CallSpec; 6] = [
    ROMA_CREATE,
    APIG_CREATE,
    CallSpec {
        call: Call::Update,
        method: "PUT",
        path: "/v2/{project_id}/apic/certificates/{certificate_id}",
        has_fixed_scope: true,
        ..ROMA_CREATE
    },
    CallSpec {
        call: Call::Update,
        method: "PUT",
        path: "/v2/{project_id}/apigw/certificates/{certificate_id}",
        has_fixed_scope: true,
        ..APIG_CREATE
    },
    ROMA_BIND,
    CallSpec {
        service: Service::Apig,
        path: "/v2/{project_id}/apigw/instances/{instance_id}/api-groups/{group_id}/domains/{domain_id}/certificate",
        fields: &[Field::Name, Field::CertContent, Field::PrivateKey],
        codes: &[NAME_OF_BIND, AFTER_2038],
        discourages_chains: false,
        ..ROMA_BIND
    },
];

impl CallSpec {
    /// All rows of the table.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &CALLS
    }

    /// The row of a call on a service.
    #[must_use]
    pub fn of(call: Call, service: Service) -> &'static Self {
        CALLS.iter().find(|row| row.call == call && row.service == service).unwrap_or(&CALLS[0])
    }

    /// What the service is predicted to answer to a defect; `None` if it accepts it.
    #[must_use]
    pub fn rejection(&self, defect: Defect) -> Option<Rejection> {
        self.codes.iter().find(|(of, _)| *of == defect).map(|(_, rejection)| *rejection)
    }
}

/// A documented member of the request body, in the order of the reference page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `name`
    Name,
    /// `cert_content`
    CertContent,
    /// `private_key`
    PrivateKey,
    /// `type`
    Type,
    /// `instance_id`
    InstanceId,
    /// `trusted_root_ca`
    TrustedRootCa,
    /// `algorithm_type`
    AlgorithmType,
    /// `cert_content_sign`
    CertContentSign,
    /// `private_key_sign`
    PrivateKeySign,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::CertContent,
        Self::PrivateKey,
        Self::Type,
        Self::InstanceId,
        Self::TrustedRootCa,
        Self::AlgorithmType,
        Self::CertContentSign,
        Self::PrivateKeySign,
    ];

    /// The most characters that `cert_content_sign` and `private_key_sign` may have.
    pub const MAX_SIGN_CHARACTERS: usize = 8092;

    /// The name of the member.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::CertContent => "cert_content",
            Self::PrivateKey => "private_key",
            Self::Type => "type",
            Self::InstanceId => "instance_id",
            Self::TrustedRootCa => "trusted_root_ca",
            Self::AlgorithmType => "algorithm_type",
            Self::CertContentSign => "cert_content_sign",
            Self::PrivateKeySign => "private_key_sign",
        }
    }

    /// What other clients of the same API call it.
    #[must_use]
    pub const fn other_spellings(self) -> &'static [&'static str] {
        match self {
            Self::CertContent => &["content", "certContent", "cert", "certificate"],
            Self::PrivateKey => &["privateKey", "key"],
            Self::InstanceId => &["instanceId"],
            Self::TrustedRootCa => &["trustedRootCa"],
            Self::AlgorithmType => &["algorithmType"],
            Self::CertContentSign => &["certContentSign"],
            Self::PrivateKeySign => &["privateKeySign"],
            Self::Name | Self::Type => &[],
        }
    }

    /// Whether it holds PEM.
    #[must_use]
    pub const fn is_pem(self) -> bool {
        self.holds_certificates() || self.holds_private_key()
    }

    /// Whether it is to hold certificates.
    #[must_use]
    pub const fn holds_certificates(self) -> bool {
        matches!(self, Self::CertContent | Self::TrustedRootCa | Self::CertContentSign)
    }

    /// Whether it is to hold a private key.
    #[must_use]
    pub const fn holds_private_key(self) -> bool {
        matches!(self, Self::PrivateKey | Self::PrivateKeySign)
    }

    /// Whether it is one of the SM2 signing pair.
    #[must_use]
    pub const fn is_of_sign_pair(self) -> bool {
        matches!(self, Self::CertContentSign | Self::PrivateKeySign)
    }

    /// The words that are allowed in it, where it takes words.
    #[must_use]
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Type => &["global", "instance"],
            Self::AlgorithmType => &["RSA", "ECC", "SM2"],
            _ => &[],
        }
    }

    /// The member that the service reads under `name`: names match without regard to case, by the
    /// simple folding of Go's `encoding/json`, for which U+017F is an `s` and U+212A a `k`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let exact = Self::ALL.into_iter().find(|field| field.name() == name);
        let folded = || {
            Self::ALL.into_iter().find(|field| {
                let folded = name.chars().map(|character| match character {
                    '\u{17f}' => 's',
                    '\u{212a}' => 'k',
                    other => other.to_ascii_lowercase(),
                });
                folded.eq(field.name().chars())
            })
        };
        exact.or_else(folded)
    }
}

/// An error that the service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub(crate) status: u16,
    /// The code that clients compare: `APIG.2101`.
    pub(crate) code: &'static str,
    /// The English text. Where `X` stands in the documentation, `{}` stands here.
    pub(crate) message: &'static str,
    /// Of several that apply the service is predicted to answer the one of the lowest order.
    pub(crate) order: u8,
}

impl ApiError {
    /// Not JSON, not an object, a wrong type.
    pub const SERIALIZATION: Self =
        Self::new(2, 400, "APIG.2000", "Parameter error: Serialization error: {}");
    /// A mandatory member is absent.
    pub const MISSING_PARAMETER: Self =
        Self::new(3, 400, "APIG.2001", "The request parameters must be specified, parameter name:{}");
    /// A pattern or an enumeration is not kept.
    pub const INVALID_PARAMETER: Self = Self::new(
        4,
        400,
        "APIG.2011",
        "Invalid parameter value,parameterName:{}. Please refer to the support documentation",
    );
    /// A `name` that does not match its pattern, where a certificate is bound to a domain name.
    pub const INVALID_NAME: Self = Self::new(
        4,
        400,
        "APIG.2012",
        "Invalid parameter value,parameterName:{}. Please refer to the support documentation",
    );
    /// A length is exceeded.
    pub const TOO_LONG: Self = Self::new(5, 400, "APIG.2006", "The parameter is too long.");
    /// PEM, DER, roles, unsupported keys.
    pub const INVALID_PAIR: Self = Self::new(6, 400, "APIG.2106", "Invalid certificate or private key.");
    /// The private key is encrypted.
    pub const ENCRYPTED_KEY: Self =
        Self::new(7, 400, "APIG.2105", "Encrypted private keys are not supported.");
    /// Key and certificate do not belong together.
    pub const KEY_MISMATCH: Self =
        Self::new(8, 400, "APIG.2101", "The certificate and private key do not match.");
    /// The certificate has expired.
    pub const EXPIRED: Self = Self::new(9, 400, "APIG.2102", "The certificate has expired.");
    /// The certificate does not cover the domain it is bound to.
    pub const DOMAIN_MISMATCH: Self = Self::new(
        10,
        400,
        "APIG.2103",
        "The certificate domain name and the custom domain name do not match.",
    );
    /// Leaf not first, foreign certificates, a broken link.
    pub const CHAIN_MISMATCH: Self = Self::new(11, 400, "APIG.2104", "The certificate chain is not matched.");
    /// No subject alternative name.
    pub const MISSING_SAN: Self = Self::new(12, 400, "APIG.2109", "Invalid certificate. SAN missing.");
    /// A validity that a 32-bit clock cannot hold.
    pub const AFTER_2038: Self = Self::new(
        13,
        400,
        "APIG.3148",
        "Invalid certificate. Add one that expires before January 19, 2038 03:14:07 UTC.",
    );
    /// SM2: signing and encryption certificate in the wrong roles.
    pub const KEY_USAGE: Self =
        Self::new(14, 409, "APIG.3708", "The key usage of the certificate does not match");
    /// `algorithm_type` is not the certificate's.
    pub const ALGORITHM: Self =
        Self::new(15, 409, "APIG.3709", "The signature algorithm of the certificate does not match");
    /// No such instance.
    pub const NO_INSTANCE: Self = Self::new(16, 404, "APIG.3030", "The instance does not exist;id:{}");

    /// Every error that a body can lead to, by order.
    pub const ALL: [Self; 16] = [
        Self::SERIALIZATION,
        Self::MISSING_PARAMETER,
        Self::INVALID_PARAMETER,
        Self::INVALID_NAME,
        Self::TOO_LONG,
        Self::INVALID_PAIR,
        Self::ENCRYPTED_KEY,
        Self::KEY_MISMATCH,
        Self::EXPIRED,
        Self::DOMAIN_MISMATCH,
        Self::CHAIN_MISMATCH,
        Self::MISSING_SAN,
        Self::AFTER_2038,
        Self::KEY_USAGE,
        Self::ALGORITHM,
        Self::NO_INSTANCE,
    ];

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.status
    }

    /// The code that clients compare: `APIG.2101`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// The English text of the error table, with `{}` for the name of a parameter.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.message
    }

    /// The error of a code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code == code)
    }

    /// When the service answers it, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::SERIALIZATION => {
                "The body is no JSON text, no object, or a member of it has the wrong type."
            }
            Self::MISSING_PARAMETER => "A member that must be sent is absent, null or empty.",
            Self::INVALID_PARAMETER => "A member holds something else than its pattern or its words allow.",
            Self::INVALID_NAME => {
                "`name` does not match its pattern, where a certificate is bound to a domain."
            }
            Self::TOO_LONG => "A member is longer than it may be.",
            Self::INVALID_PAIR => {
                "Certificate or private key cannot be read: their PEM, their DER, the member they stand \
                 in, or a kind of key that the service does not know."
            }
            Self::ENCRYPTED_KEY => "The private key is protected by a passphrase.",
            Self::KEY_MISMATCH => "The private key is not the one that the certificate was issued for.",
            Self::EXPIRED => "The certificate's validity has ended.",
            Self::DOMAIN_MISMATCH => "The certificate does not cover the domain that it is bound to.",
            Self::CHAIN_MISMATCH => {
                "The certificates do not form a chain that begins with the one of the private key."
            }
            Self::MISSING_SAN => "The certificate has no subject alternative name.",
            Self::AFTER_2038 => "The certificate is valid beyond what a signed 32-bit clock can hold.",
            Self::KEY_USAGE => "SM2: signing and encryption certificate do not fit their roles.",
            Self::ALGORITHM => "The certificate's public key is not of the kind that `algorithm_type` says.",
            Self::NO_INSTANCE => "There is no instance of that `instance_id`.",
            _ => "",
        }
    }

    const fn new(order: u8, status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, order }
    }
}

/// How sure a predicted refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// The API reference or its error table says so.
    Documented,
    /// It is inferred from the observed behavior of the service.
    Inferred,
    /// It is documented for the other service or for a similar call only.
    Sibling,
}

impl Basis {
    /// The word that every format uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Sibling => "sibling",
        }
    }
}

/// What the service is predicted to answer to a body with a certain defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The answer.
    pub(crate) error: ApiError,
    /// How sure it is.
    pub(crate) basis: Basis,
}

impl Rejection {
    /// The error.
    #[must_use]
    pub const fn error(self) -> ApiError {
        self.error
    }

    /// How sure the prediction is.
    #[must_use]
    pub const fn basis(self) -> Basis {
        self.basis
    }

    /// A refusal that the reference documents.
    #[must_use]
    pub const fn documented(error: ApiError) -> Self {
        Self { error, basis: Basis::Documented }
    }

    /// A rejection inferred from the observed behavior of the service.
    #[must_use]
    pub const fn inferred(error: ApiError) -> Self {
        Self { error, basis: Basis::Inferred }
    }

    /// A refusal that the other service or a similar call documents.
    #[must_use]
    pub const fn sibling(error: ApiError) -> Self {
        Self { error, basis: Basis::Sibling }
    }
}
