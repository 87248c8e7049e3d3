import { beforeEach, describe, expect, it } from 'vitest'
import { forgetToken, keepToken, keptToken, readPasted, takeToken } from './session.ts'
import type { SessionPlace } from './session.ts'

const token = 'mQ7l_0aZ-1234567890abcdefghijklmnopqrstuvwxyz0'

function placeAt(hash: string) {
  const kept = new Map<string, string>()
  const shown: string[] = []
  const place: SessionPlace = {
    location: { hash, host: '127.0.0.1:4173', pathname: '/', search: '' },
    history: { replaceState: (_state, _unused, url) => void shown.push(String(url)) },
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  }
  return { place, shown }
}

describe('the token in the address', () => {
  let at: ReturnType<typeof placeAt>
  beforeEach(() => {
    at = placeAt(`#token=${token}`)
  })

  it('is kept, and does not stay in the address', () => {
    expect(takeToken(at.place)).toBe(true)
    expect(keptToken(at.place)).toBe(token)
    expect(at.shown).toEqual(['/#/'])
  })

  it('is left alone when there is none, or it cannot be one', () => {
    for (const hash of ['', '#/apps', '#token=', '#token=has space and more', `#token=${'a'.repeat(600)}`]) {
      const { place, shown } = placeAt(hash)
      expect(takeToken(place)).toBe(false)
      expect(keptToken(place)).toBeNull()
      expect(shown).toEqual([])
    }
  })

  it('can be forgotten', () => {
    keepToken(at.place, token)
    forgetToken(at.place)
    expect(keptToken(at.place)).toBeNull()
  })
})

describe('what a person pastes', () => {
  const here = '127.0.0.1:4173'

  it('may be the whole address, its end, or the code alone', () => {
    for (const text of [`http://127.0.0.1:4173/#token=${token}`, `http://localhost:4173/#token=${token}`, `#token=${token}`, `token=${token}`, `  ${token}\n`]) {
      expect(readPasted(text, here)).toEqual({ kind: 'token', token })
    }
  })

  it('may lead to another computer', () => {
    expect(readPasted(`http://127.0.0.1:9999/#token=${token}`, here)).toEqual({ kind: 'elsewhere', host: '127.0.0.1:9999' })
  })

  it('may be nothing of use', () => {
    for (const text of ['', 'hello', 'http://127.0.0.1:4173/', 'two words here']) expect(readPasted(text, here)).toEqual({ kind: 'unusable' })
  })
})
