import { expect, test } from '@jest/globals'
import { isSecretName, lowerCase, secretHint } from './secretName.ts'

const hint = new RegExp(secretHint)

test.each([
  // What nova, cinder, neutron and other services put into notifications and connection_info.
  ...['_context_auth_token', 'service_token', 'admin_pass', 'adminPass', 'user_data', 'injected_files', 'password'],
  ...['auth_password', 'discovery_auth_password', 'chap_passwd2', 'serverPassword', 'keyring', 'psk', 'access_key'],
  ...['metadata_proxy_shared_secret', 'vmware_host_password', 'trustee_password', 'tsigkey_secret', '_service_catalog'],
  // oslo.utils masks these in logs.
  ...['new_pass', 'sys_pswd', 'CHAPPASSWORD', 'encrypted_key', 'private_key', 'fernetkey', 'sslkey', 'rabbitcookie'],
  ...['keystonecredential', 'heatauthencryptionkey', 'chapsecret', 'passphrase'],
  // Each kind in several spellings.
  ...['pass', 'PASS', 'db.pass', 'userpass', 'dbPass1', 'passwd', 'pass-phrase', 'PassCode', 'my password', 'pAsSwOrD'],
  ...[
    'pwd',
    'USER_PWD',
    'secret',
    'tenantSecretKey',
    'TENANT_SECRET_2',
    'clientSecret',
    'secret_id',
    'token',
    'tokens',
  ],
  ...['X-Auth-Token', 'X-Subject-Token', 'id.token', 'token_id', 'accessTokenValue', 'wpaPSK', 'psk_value', 'ike psk'],
  ...[
    'pre_shared_key',
    'preSharedKey',
    'PRE-SHARED-KEY',
    'presharedkey',
    'KeyRing',
    'KEY_RING',
    'privateKey',
    'priv_key',
  ],
  ...[
    'private key',
    'x-api-key',
    'apiKey2',
    'API_KEY',
    'apikey',
    'AwsAccessKey',
    'aws_secret_access_key',
    'master.key',
  ],
  ...[
    'encryption_key',
    'encryptionKeys',
    'ssh_private_key',
    'hmacKey',
    'signing-key',
    'tlsKey',
    'session key',
    'auth_key',
  ],
  ...[
    'credential',
    'credentials',
    'aws_creds',
    'userCred',
    'Set-Cookie',
    'cookies',
    'session_id',
    'JSESSIONID',
    'sessId',
  ],
  ...[
    'signature',
    'X-Amz-Signature',
    'temp_url_sig',
    'sigValue',
    'Authorization',
    'Proxy-Authorization',
    'injectedFiles',
  ],
])('%s is a secret', (name) => {
  expect(isSecretName(name, '"x')).toBe(true)
  expect(hint.test(lowerCase(name))).toBe(true)
})

test.each([
  ...[
    'auth_method',
    'auth_username',
    'auth_type',
    'auth_url',
    'key_name',
    'keypair',
    'key_pair',
    'keypairs',
    'public_key',
  ],
  ...[
    'secret_uuid',
    'secret_type',
    'secret_ref',
    'secretHref',
    'encryption_secret_uuid',
    'encryption_key_id',
    'token_type',
  ],
  ...['cinder_encryption_key_id', 'cinder_encryption_key_deletion_policy', 'password_expires_at', 'tokenExpiresAt'],
  ...[
    'application_credential_id',
    'access_key_id',
    'user_creds_id',
    'cookie_name',
    'secret_name',
    'credential_username',
  ],
  ...['img_signature', 'img_signature_hash_method', 'img_signature_certificate_uuid', 'signature_verified', 'key_size'],
  ...['encryption_algorithm', 'auth_algorithm', 'encryption_format', 'session_persistence', 'ephemeral_key_uuid'],
  ...[
    'private_key_path',
    'password_hash_algorithm',
    'tokenTTL',
    'token_status',
    'keystone',
    'auth_keystone',
    'keyboard',
  ],
  ...['bypass', 'compass', 'passed', 'pci_passthrough', 'pass_through', 'passenger', 'secretary', 'tokenize', 'credit'],
  ...['sacred', 'design', 'assigned', 'user_database', 'user_id', 'session', 'metadata', 'catalog', 'injected', 'data'],
])('%s is not a secret', (name) => {
  expect(isSecretName(name, '"x')).toBe(false)
})

test('a number under a plural is a count, under any other name it may be a PIN', () => {
  for (const name of ['secrets', 'max_tokens', 'apiKeys', 'credentials']) {
    expect(isSecretName(name, '10')).toBe(false)
    expect(isSecretName(name, '"1')).toBe(true)
    expect(isSecretName(name, '[1')).toBe(true)
  }
  for (const name of ['password', 'pass', 'token', 'injected_files']) expect(isSecretName(name, '12')).toBe(true)
})

test('lower case keeps the indexes', () => {
  expect(lowerCase('PassWort É')).toBe('passwort é')
  expect(lowerCase('İ PASS')).toBe('İ pass')
})
