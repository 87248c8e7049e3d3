import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { DepinError } from '../../contract/errors.ts'

const known = new Set(wordlist)
/** 12 words for 16 bytes; 24 for the 32 bytes that older identities have. */
const counts = [12, 24]

/** A seed as words to write down (BIP-39, English). */
export function wordsOf(seed: Uint8Array): string[] {
  return entropyToMnemonic(seed, wordlist).split(' ')
}

/**
 * The seed that these words stand for: typed, pasted, or the whole text of a saved file. Numbers, punctuation, capitals
 * and lines that begin with # do not count.
 *
 * @throws E_BAD_INPUT, which never repeats a word: errors are logged.
 */
export function seedFromWords(text: string): Uint8Array {
  const lines = text.normalize('NFKD').toLowerCase().split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'))
  const words = lines.join(' ').split(/[^a-z]+/).filter((word) => word !== '')
  if (!counts.includes(words.length)) throw unfit(`${words.length === 1 ? 'This is one word' : `These are ${words.length} words`}, and there must be 12, or 24 from an older computer.`)
  const strange = words.flatMap((word, at) => known.has(word) ? [] : [at + 1])
  if (strange.length > 0) throw unfit(`${strange.length === 1 ? 'Word' : 'Words'} ${strange.join(', ')} cannot be one of them.`)
  try {
    return mnemonicToEntropy(words.join(' '), wordlist)
  } catch {
    // without its cause, which may carry the words
    throw unfit('All of them are possible words, but they do not belong together: one is another, or two have changed places.')
  }
}

function unfit(message: string): DepinError {
  return new DepinError('E_BAD_INPUT', message, { next: 'Compare them with what was written down or saved.' })
}
