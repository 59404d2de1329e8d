/** Characters between two words of a name, as in `api_key`, `api-key`, `api.key`, `api key` and `apiKey`. */
const gap = '[ ._:/-]{0,3}'

/** First words of keys that are secret. A public key, a key's name and a key pair's name are not. */
const keyKinds =
  'private|priv|api|access|shared|encrypt|encrypted|encryption|decryption|master|sign|signing|auth|hmac|fernet|ssl|tls'

/**
 * Finds the places of a text in lower case where a secret's name may be, in any spelling. It accepts more than
 * `isSecretName`, which decides. Most alternatives begin with the rarest letter of their word, which is much faster
 * than beginning with its first letter. Every part is bounded, so matching is linear in the text.
 */
export const secretHint = [
  `k(?:en(?<=token)|ie(?<=cookie)|(?<=psk)|ey(?:(?=${gap}rin)|(?<=(?:${keyKinds}|sess|session)${gap}key)))`,
  'w(?<=[ps]w)d',
  'z(?<=authoriz)ation',
  `j(?<=inj)ected${gap}files`,
  'g(?:nature(?<=signature)|(?<=sig)(?![nh])|(?<=catalog))',
  `[ps](?:ass|ess(?<=sess)(?:ion)?${gap}id)`,
  'cre[dt]',
  'user.?data',
].join('|')

/** The text in lower case, with the same indexes. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Kinds of secrets in a name of lower-case words, each between underscores. */
const kinds = RegExp(
  [
    'pass_?(?:word|wd|phrase|code|key)',
    'admin_?pass',
    '(?<!by|com|sur|tres|under|over)pass_(?!through)',
    'pswd',
    'pwd',
    'secret(?!ar)',
    'token(?!i[sz]|less)',
    'psks?_',
    'key_?rin',
    `(?:${keyKinds})_?key(?!stone|word|board)`,
    'credential',
    '(?<!sa)creds?_',
    'cookie',
    'sess(?:ion)?_?(?:ids?_|key)',
    'signature',
    '_sig_',
    'authorization_$',
    'service_?catalog',
    'user_?data(?!base)',
    'injected_?files',
  ].join('|'),
)

/**
 * Names that match a kind but whose values are not secret:
 *
 * - the form of a secret (`token_type`, `secret_type`, `encryption_key_size`, `password_hash_algorithm`)
 * - its state and times (`signature_verified`, `password_expires_at`, `token_ttl`)
 * - a reference to it in another service (`secret_uuid`, `secret_ref`, `encryption_key_id`, `credential_id`)
 * - a name or place (`cookie_name`, `private_key_path`)
 * - the public signature of an image (`img_signature`)
 *
 * `token_id`, `secret_id` and `session_id` are missing because these ids are secrets (keystone, Vault, web sessions).
 */
const harmless = RegExp(
  [
    '_(?:type|format|method|algorithm|cipher|length|size|bits|version|policy|count|limit)_$',
    '_(?:status|state|enabled|required|verified|expired|at|expires|expiry|expiration|ttl|lifetime|timeout)_$',
    '_(?:uuids?|refs?|href|fingerprint|(?:key|credential|cred|creds)_ids?)_$',
    '_(?:(?:file|user)?name|path)_$',
    '_img_signature_',
  ].join('|'),
)

/** The number of secrets, such as barbican's quota `secrets` or `max_tokens`. */
const plural = /(?:passwords|secrets|tokens|credentials|creds|keys|cookies)_$/

/** Lower-case words, each between underscores: `tenantSecretKey2` becomes `_tenant_secret_key_`. */
function wordsOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
  return lettersOf(words)
}

function lettersOf(name: string): string {
  return `_${name.toLowerCase()}_`.replace(/[^a-z]+/g, '_')
}

/**
 * Whether the value of a member or variable of this name is a secret, in any spelling and with any prefix and suffix.
 *
 * @param value the beginning of the value's text; a number under a plural is a count
 */
export function isSecretName(name: string, value: string): boolean {
  const words = wordsOf(name)
  // The second form finds names with capitals at odd places.
  if (!kinds.test(words) && !kinds.test(lettersOf(name))) return false
  return !harmless.test(words) && !(plural.test(words) && /^-?\d/.test(value))
}
