// Checks that no text of the project uses a phrase of languageRules.mjs, and that commit subjects are short. Prints the
// file, the line, the phrase and what to write instead.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'
import { checkedFiles, excludedFiles, maxSubject, rules, subjectsSince } from './languageRules.mjs'
import { findPhrases } from './phrases.mjs'
import { gitLines, projectFiles } from './projectFiles.mjs'

const findings = projectFiles()
  .filter((file) => checkedFiles.test(file) && !excludedFiles.some((pattern) => pattern.test(file)))
  .flatMap((file) =>
    findPhrases(readFileSync(join(root, file), 'utf8'), rules).map(
      ({ line, phrase, use }) => `${file}:${line}: "${phrase.trim()}": use ${use}`,
    ),
  )

// Without the history, as in an unpacked archive or a shallow clone, there are no subjects to check.
const subjects = gitLines('log', '--no-merges', '--format=%h %s', `${subjectsSince}..HEAD`)
const longSubjects = subjects
  .filter((line) => line.length - line.indexOf(' ') - 1 > maxSubject)
  .map((line) => `commit ${line}: the subject has more than ${maxSubject} characters`)

for (const line of [...findings, ...longSubjects]) process.stdout.write(`${line}\n`)
if (findings.length + longSubjects.length > 0) process.exitCode = 1
