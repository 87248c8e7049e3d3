import { parse, TYPE } from '@formatjs/icu-messageformat-parser'
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser'
import { describe, expect, it } from 'vitest'
import { activityKinds } from '../../contract/nouns/node.ts'
import { reasonCodes } from '../../contract/reasons.ts'
import ar from './ar.json'
import en from './en.json'

const catalogues: Record<string, Record<string, string>> = { en, ar }
const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '../../main/**/*.ts', '!../**/*.test.{ts,tsx}', '!../../main/**/*.test.ts'], { query: '?raw', import: 'default', eager: true })
const code = Object.values(sources).join('\n')

/** Names of the values a message needs, and the plural forms it has. */
function needs(elements: readonly MessageFormatElement[]): { values: Set<string>; plurals: Set<string>[] } {
  const values = new Set<string>()
  const plurals: Set<string>[] = []
  const visit = (element: MessageFormatElement) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return
    values.add(element.value)
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return
    if (element.type === TYPE.plural) plurals.push(new Set(Object.keys(element.options)))
    for (const option of Object.values(element.options)) option.value.forEach(visit)
  }
  elements.forEach(visit)
  return { values, plurals }
}

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(ar).sort()).toEqual(Object.keys(en).sort())
  })

  it('need the same values in every language', () => {
    for (const id of Object.keys(en)) {
      const [english, arabic] = [needs(parse(catalogues['en']![id]!)), needs(parse(catalogues['ar']![id]!))]
      expect([...arabic.values].sort(), id).toEqual([...english.values].sort())
    }
  })

  it('have all plural forms of their language wherever the words change with the number', () => {
    for (const [language, messages] of Object.entries(catalogues)) {
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      for (const [id, message] of Object.entries(messages)) {
        for (const forms of needs(parse(message)).plurals) {
          if (forms.size > 1) expect([...forms], `${language} ${id}`).toEqual(expect.arrayContaining(categories.filter((form) => form !== 'one' || !forms.has('=1'))))
        }
      }
    }
  })

  it('have no key that nothing says', () => {
    // `activity.${kind}` stands for every key that begins so.
    const prefixes = [...code.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map((match) => match[1]!)
    const unused = Object.keys(en).filter((id) => !code.includes(`'${id}'`) && !prefixes.some((prefix) => id.startsWith(prefix)))
    expect(unused).toEqual([])
  })

  it('have a sentence for each kind of activity and each reason, and for no other', () => {
    const ids = Object.keys(en)
    const kinds = ids.filter((id) => /^activity\.[a-z]+-[a-z-]+$/.test(id)).map((id) => id.slice('activity.'.length))
    expect(kinds.sort()).toEqual([...activityKinds].sort())
    expect(ids.filter((id) => id.startsWith('reason.')).map((id) => id.slice('reason.'.length)).sort()).toEqual([...reasonCodes].sort())
  })

  it('use the interface’s words: hosts, guests and renters, never the protocol’s', () => {
    const never = /\b(lease|container|pod|nodes?|miner|replica|tenant|daemon|docker|swarm|bid|seed phrase|private key|escrow|NAT|relay)\b/i
    expect(Object.entries(en).filter(([, message]) => never.test(message))).toEqual([])
  })

  it('shout at nobody', () => {
    for (const messages of Object.values(catalogues)) expect(Object.values(messages).filter((message) => message.includes('!'))).toEqual([])
  })
})
