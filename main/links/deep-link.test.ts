import { describe, expect, it } from 'vitest'
import { joinLinkIn, joinLinkOf } from './deep-link.ts'

const link = 'depin://join/pGFh-_09AZaz'

describe('a link', () => {
  it('to join is taken, also from among arguments', () => {
    expect(joinLinkIn(link)).toBe(link)
    expect(joinLinkOf(['/opt/Depin/depin', '--hidden', link])).toBe(link)
    expect(joinLinkOf(['/opt/Depin/depin', '--hidden'])).toBeNull()
  })

  it.each([
    'depin://join/', 'depin://join', 'depin://stop/abc', 'depin:join/abc', 'https://join/abc', 'depin://join/abc?then=quit', 'depin://join/abc#x', 'depin://join/a/../b/c',
    'depin://join/abc%0a--engine=x', 'depin://user:pw@join/abc', 'depin://join:80/abc', ` ${link} --share`, `depin://join/${'a'.repeat(9000)}`, 'javascript:alert(1)', '', '--data-dir=depin://join/abc',
  ])('of another kind is left alone: %s', (text) => {
    expect(joinLinkIn(text)).toBeNull()
  })
})
