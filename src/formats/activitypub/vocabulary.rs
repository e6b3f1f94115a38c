//! Every word of the wire, once: ActivityStreams 2.0, what others added to it, and ours.

/// The ActivityStreams context and namespace (W3C).
pub const ACTIVITYSTREAMS: &str = "https://www.w3.org/ns/activitystreams";
/// Whoever is anybody: the audience of what is public (ActivityPub §5.6).
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// The context of `publicKey` (W3ID security vocabulary).
pub const SECURITY: &str = "https://w3id.org/security/v1";
/// The context of `assertionMethod` and its keys (W3C, Controlled Identifiers 1.0).
pub const CONTROLLED_IDENTIFIERS: &str = "https://www.w3.org/ns/cid/v1";
/// The context of `proof` (W3C, Verifiable Credential Data Integrity 1.0).
pub const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
/// Our namespace.
pub const ARCHIPELAGO: &str = "https://w3id.org/archipelago#";
/// What whoever vouches has to do with whom it vouches for: the relationship of a vouch.
pub const VOUCHES_FOR: &str = "https://w3id.org/archipelago#vouchesFor";
/// The major version of our records that we write and read.
pub const SCHEMA: u64 = 1;
/// How ActivityStreams documents are served.
pub const MEDIA_TYPE: &str = "application/activity+json";
/// How they are asked for (ActivityPub §3.2; the shorter type is Mastodon's).
pub const ACCEPTED: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

macro_rules! words {
    ($(#[$doc:meta])* $module:ident { $($name:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[expect(missing_docs, reason = "the words say all")]
        pub mod $module {
            $(pub const $name: &str = $word;)+
            /// All of them.
            pub const ALL: &[&str] = &[$($word),+];
        }
    };
}

words! {
    /// Types of activities, objects and links (ActivityStreams 2.0 vocabulary §3); those of actors are
    /// [`ActorKind`](super::actor::ActorKind)'s.
    types {
        ACCEPT = "Accept",
        ADD = "Add",
        ANNOUNCE = "Announce",
        BLOCK = "Block",
        CREATE = "Create",
        DELETE = "Delete",
        FLAG = "Flag",
        FOLLOW = "Follow",
        JOIN = "Join",
        LEAVE = "Leave",
        MOVE = "Move",
        OFFER = "Offer",
        REJECT = "Reject",
        REMOVE = "Remove",
        UNDO = "Undo",
        UPDATE = "Update",
        NOTE = "Note",
        PLACE = "Place",
        RELATIONSHIP = "Relationship",
        TOMBSTONE = "Tombstone",
        LINK = "Link",
        COLLECTION = "Collection",
        COLLECTION_PAGE = "CollectionPage",
        ORDERED_COLLECTION = "OrderedCollection",
        ORDERED_COLLECTION_PAGE = "OrderedCollectionPage",
    }
}

words! {
    /// Properties (ActivityStreams 2.0 vocabulary §4, ActivityPub §4 and §5).
    property {
        CONTEXT = "@context",
        ID = "id",
        TYPE = "type",
        ACTOR = "actor",
        ALSO_KNOWN_AS = "alsoKnownAs",
        ATTACHMENT = "attachment",
        ATTRIBUTED_TO = "attributedTo",
        CC = "cc",
        CONTENT = "content",
        CONTENT_MAP = "contentMap",
        DELETED = "deleted",
        ENDPOINTS = "endpoints",
        END_TIME = "endTime",
        FIRST = "first",
        FOLLOWERS = "followers",
        FOLLOWING = "following",
        FORMER_TYPE = "formerType",
        GENERATOR = "generator",
        GROUPED_BY = "context",
        HREF = "href",
        IN_REPLY_TO = "inReplyTo",
        INBOX = "inbox",
        ITEMS = "items",
        LATITUDE = "latitude",
        LOCATION = "location",
        LONGITUDE = "longitude",
        MEDIA_TYPE = "mediaType",
        NAME = "name",
        NEXT = "next",
        OBJECT = "object",
        ORDERED_ITEMS = "orderedItems",
        OUTBOX = "outbox",
        PART_OF = "partOf",
        PREFERRED_USERNAME = "preferredUsername",
        PREV = "prev",
        PUBLISHED = "published",
        RELATIONSHIP = "relationship",
        RESULT = "result",
        SHARED_INBOX = "sharedInbox",
        SOURCE = "source",
        START_TIME = "startTime",
        SUBJECT = "subject",
        SUMMARY = "summary",
        TAG = "tag",
        TARGET = "target",
        TO = "to",
        TOTAL_ITEMS = "totalItems",
        UPDATED = "updated",
        URL = "url",
    }
}

words! {
    /// What others added: Mastodon (`toot:`, `movedTo`, hashtags), FEP-5feb, FEP-844e and the security
    /// vocabulary.
    added {
        DISCOVERABLE = "discoverable",
        FEATURED = "featured",
        HASHTAG = "Hashtag",
        IMPLEMENTS = "implements",
        INDEXABLE = "indexable",
        MANUALLY_APPROVES_FOLLOWERS = "manuallyApprovesFollowers",
        MOVED_TO = "movedTo",
        OWNER = "owner",
        PUBLIC_KEY = "publicKey",
        PUBLIC_KEY_PEM = "publicKeyPem",
    }
}

words! {
    /// Proofs (Verifiable Credential Data Integrity 1.0 §2.1) and the keys that make them (Controlled
    /// Identifiers 1.0 §2.2.2).
    integrity {
        DATA_INTEGRITY_PROOF = "DataIntegrityProof",
        MULTIKEY = "Multikey",
        ASSERTION_METHOD = "assertionMethod",
        CONTROLLER = "controller",
        CREATED = "created",
        CRYPTOSUITE = "cryptosuite",
        EXPIRES = "expires",
        PROOF = "proof",
        PROOF_PURPOSE = "proofPurpose",
        PROOF_VALUE = "proofValue",
        PUBLIC_KEY_MULTIBASE = "publicKeyMultibase",
        REVOKED = "revoked",
        VERIFICATION_METHOD = "verificationMethod",
    }
}

words! {
    /// Ours.
    archi {
        COLLECTIVE_RECORD = "archi:CollectiveRecord",
        DIRECTORY_STATE = "archi:DirectoryState",
        EVIDENCE_BUNDLE = "archi:EvidenceBundle",
        ORGANISATION_RECORD = "archi:OrganisationRecord",
        SERVICE_RECORD = "archi:ServiceRecord",
        ANNOUNCED = "archi:announced",
        BASIS = "archi:basis",
        CHARTER = "archi:charter",
        CHARTER_SHA256 = "archi:charterSha256",
        CHARTER_VERSION = "archi:charterVersion",
        CLOSING = "archi:closing",
        COLLECTED = "archi:collected",
        COLLECTIVE = "archi:collective",
        COUNTRY = "archi:country",
        DESCRIPTION = "archi:description",
        ENDPOINT = "archi:endpoint",
        ENDS = "archi:ends",
        EVIDENCE = "archi:evidence",
        EXPORT_UNTIL = "archi:exportUntil",
        FETCHED = "archi:fetched",
        HOSTERS = "archi:hosters",
        ISSUER_SNAPSHOT = "archi:issuerSnapshot",
        LANGUAGES = "archi:languages",
        LEGAL_FORM = "archi:legalForm",
        MEMBERS = "archi:members",
        NAME = "archi:name",
        NEEDS = "archi:needs",
        NEW_ACCOUNTS_UNTIL = "archi:newAccountsUntil",
        NOTE = "archi:note",
        OFFERS = "archi:offers",
        ORGANISATION = "archi:organisation",
        PEERS = "archi:peers",
        PEOPLE = "archi:people",
        POSTCODE = "archi:postcode",
        PRICE_MODEL = "archi:priceModel",
        REASON = "archi:reason",
        REGISTRATION = "archi:registration",
        RECORDS = "archi:records",
        RELAYED_BY = "archi:relayedBy",
        REVISION = "archi:revision",
        REVOCATIONS = "archi:revocations",
        ROOM = "archi:room",
        SCHEMA = "archi:schema",
        SERVICE = "archi:service",
        SERVICES = "archi:services",
        SHA256 = "archi:sha256",
        SOFTWARE = "archi:software",
        SOURCE = "archi:source",
        STATE = "archi:state",
        STATUS = "archi:status",
        SUCCESSOR = "archi:successor",
        URL = "archi:url",
        VERSION = "archi:version",
        VOUCH = "archi:vouch",
        VOUCHES = "archi:vouches",
        WEBSITE = "archi:website",
    }
}
