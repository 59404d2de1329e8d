/**
 * Phrases that the project does not use, in comments, messages, test titles and documents.
 * @typedef {object} Rule
 * @property {RegExp} phrase matched without regard to case; a space also matches a line break
 * @property {string} use what to write instead
 * @property {string} sample a sentence that the rule rejects
 */

const BE = '(?:is|are|was|were|be|been|being)'

/** @type {Rule[]} */
export const rules = [
  // Verbs of speaking for software.
  { phrase: /(?<!`)\btold\b/, use: 'reported, logged, passed, distinguished', sample: 'The operator is told of it' },
  { phrase: /\bsaid of\b/, use: 'reported for', sample: 'what is said of a fault' },
  {
    phrase: RegExp(`\\b${BE} asked\\b`),
    use: 'is queried, is requested, is required',
    sample: 'the broker is asked for its queues',
  },
  {
    phrase:
      /(?<!\b(?:anyone|someone|engineer|operator|user|person|people|readers?) )\bwho (?:asks|asked|rings|waits|calls|reads)\b/,
    use: 'the caller, the client',
    sample: 'blocks who asks',
  },
  { phrase: /\b(?:did|does|do|could) not hear\b/, use: 'did not receive', sample: 'Redis did not hear' },
  {
    phrase: /\b(?:nobody|no one) (?:foresaw|foresees|hears|asked)\b/,
    use: 'unexpected',
    sample: 'errors nobody foresaw',
  },
  { phrase: /\bgoodbyes?\b/, use: 'close', sample: 'say goodbye to the broker' },

  // The broker.
  {
    phrase: /\b(?:give|gives|gave|given|giving) (?:\w+ )?back\b/,
    use: 'requeue, redeliver, return',
    sample: 'the message is given back',
  },
  { phrase: /\b(?:come|comes|came|coming) again\b/, use: 'is redelivered', sample: 'the message comes again' },
  { phrase: /\bas (?:it|they) (?:came|come|comes)\b/, use: 'unchanged, as received', sample: 'stored as they came' },
  { phrase: /\bsubscrib\w+ to (?:an|the|its) exchange/, use: 'consumes a queue', sample: 'subscribed to an exchange' },
  { phrase: /\bdoubled\b/, use: 'duplicate', sample: 'nothing is doubled' },
  { phrase: /\bknown before\b/, use: 'duplicate', sample: '2 known before' },
  { phrase: /door-?bells?/, use: 'wake-up', sample: 'the doorbell' },
  { phrase: /\b(?:ring|rings|rang|rung|ringing)\b(?! buffer)/, use: 'wake up, enqueue a wake-up', sample: 'It rings' },

  // Servers.
  { phrase: RegExp(`\\b(?:${BE}|stays?) away\\b`), use: 'unavailable', sample: 'when the database is away' },
  { phrase: /\bwith (?:\w+ ){1,3}away\b/, use: 'unavailable', sample: 'stops with Redis away' },
  { phrase: /(?<=['"`])away(?=[:;,'"`])/, use: 'unavailable', sample: "test('away: the process waits')" },
  {
    phrase: /\blet(?:s|ting)? (?:nobody |no one |\w+ )?in(?= with\b|[,.;:'"`)])/,
    use: 'authenticates, accepts',
    sample: 'does not let us in; see',
  },
  {
    phrase: /\blet(?:s|ting)? (?:that|this|the) \w+ in\b(?=[,.;:'"`)])/,
    use: 'authenticates, accepts',
    sample: 'does not let that user in;',
  },
  { phrase: RegExp(`\\b${BE} let in\\b`), use: 'is authenticated, has access', sample: 'everybody is let in' },
  {
    phrase: /\b(?:come|comes|came|coming) back\b/,
    use: 'is available again, is returned',
    sample: 'until it comes back',
  },
  {
    phrase: /\b(?:can|could|cannot|to|not) be had\b/,
    use: 'unavailable, failed',
    sample: 'numbers that could not be had',
  },
  { phrase: RegExp(`\\b${BE} waited for\\b`), use: 'is pending; wait for', sample: 'the server is waited for' },
  { phrase: /\bpatien(?:ce|t|tly)\b|PATIENCE/, use: 'timeout, interval', sample: 'const PATIENCE = 5' },

  // Work.
  { phrase: /\bby (?:itself|themselves)\b/, use: 'automatically', sample: 'reports are made by themselves' },
  { phrase: /\banew\b/, use: 'again', sample: 'the table is made anew' },
  { phrase: /\bafresh\b/, use: 'again, from the beginning', sample: 'it begins afresh' },
  { phrase: /\bonce more\b(?! than)/, use: 'again', sample: 'once more' },
  { phrase: /\bfor ever\b/, use: 'forever', sample: 'it hangs for ever' },
  { phrase: /\bmend(?:s|ed|ing)?\b/, use: 'fix', sample: 'Mend what it names' },
  { phrase: /\bworks? off\b/, use: 'processes', sample: 'a job works off the backlog' },
  { phrase: /\b(?:hold|holds|held|holding) up\b/, use: 'block, delay', sample: 'without holding up the caller' },
  { phrase: /\bmade up for\b/, use: 'caught up', sample: 'missed reports are made up for' },
  { phrase: /\b(?:come|comes|came) about\b/, use: 'happens', sample: 'how it comes about' },
  { phrase: /\b(?:take|takes|took|taken|taking) away\b/, use: 'remove', sample: 'what the demo has taken away' },
  { phrase: /\b(?:see|sees|saw) to it\b/, use: 'make sure', sample: 'sees to it that all run' },
  { phrase: /\bstands? on\b/, use: 'depends on', sample: 'the report stands on these rows' },

  // Relations.
  {
    phrase:
      /\bof which (?:only|nothing|one|none|some|half|all|every|several|there|the|it|they)\b|, (?:the \w+ )?of which\b/,
    use: 'whose; start a new sentence',
    sample: 'a row, of which one is stored',
  },
  { phrase: /(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b)/, use: 'is not a', sample: 'port is no integer' },
  {
    phrase: /\bwhat (?:is|was) wrong with (?:it|them)\b/,
    use: 'the problem, the cause',
    sample: 'what is wrong with it',
  },
  { phrase: /\bthat many\b/, use: 'the number: `limit` rows', sample: 'waits that many seconds' },
  { phrase: /\btwins?\b|Twins?(?=[A-Z\b])/, use: 'counterpart', sample: 'its versioned twin' },

  // Names that were replaced.
  {
    phrase: /notifications_doubled_total/,
    use: 'notifications_duplicate_total',
    sample: 'stacktach_notifications_doubled_total',
  },
  {
    phrase: /stacktach_exchange_subscribed/,
    use: 'stacktach_exchange_consuming',
    sample: 'stacktach_exchange_subscribed',
  },
  { phrase: /stacktach_publications_unsent/, use: 'stacktach_outbox_unsent', sample: 'stacktach_publications_unsent' },
  {
    phrase: /stacktach_database_waiters/,
    use: 'stacktach_database_connections_pending',
    sample: 'stacktach_database_waiters',
  },
]

/** Files that are checked. */
export const checkedFiles =
  /\.(?:[cm]?[jt]sx?|css|md|ya?ml|json|sql|prisma|sh|conf|service|timer|toml|env)$|(?:^|\/)Dockerfile$/

/** Files that are not checked: generated or recorded data, applied migrations, and these rules. */
export const excludedFiles = [
  /^package-lock\.json$/,
  /^CHANGELOG\.md$/,
  /^packages\/testing\/samples\//,
  /^prisma\/migrations\//,
  /^scripts\/checks\/language(?:Rules|\.test)?\.mjs$/,
]

/** Subjects of later commits are limited to `maxSubject` characters. */
export const subjectsSince = 'b24a7da90bffeee7e2764f8cc93518c1c32b608a'
export const maxSubject = 72
