import { describe, expect, it } from 'vitest'
import { isolate, tame } from './text.ts'

describe('text from elsewhere', () => {
  it('loses marks that turn the direction of what follows', () => {
    expect(tame('pay\u202Egnp.exe\u2066\u200F', 80)).toBe('paygnp.exe')
  })

  it('loses control characters and keeps lines and tabs', () => {
    expect(tame('a\u0000b\u001b[31mc\u007f\u0085\td\ne', 80)).toBe('ab[31mc\td\ne')
  })

  it('is cut to its length', () => {
    expect(tame('a'.repeat(200), 10)).toBe(`${'a'.repeat(9)}…`)
    expect(tame('short', 10)).toBe('short')
  })

  it('stands apart inside a sentence, and cannot end that by itself', () => {
    expect(isolate('a\u2069b')).toBe('\u2068ab\u2069')
  })
})
