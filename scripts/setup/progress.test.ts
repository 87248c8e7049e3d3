import { describe, expect, it } from 'vitest'
import { createProgress, formatSeconds } from './progress.mjs'

function record(isTTY: boolean): { text: string[], progress: ReturnType<typeof createProgress> } {
  const text: string[] = []
  let nowMs = 0
  const progress = createProgress({ write: (part) => text.push(part), isTTY, columns: 40 }, 'Setting up', () => (nowMs += 500))
  return { text, progress }
}

describe('progress', () => {
  it('is plain lines where nobody looks on', async () => {
    const { text, progress } = record(false)
    await progress.step('Packages', () => Promise.resolve({ said: 'installed', value: 1 }))
    await progress.step('Build', () => Promise.resolve({ said: 'done', value: 1 }))
    expect(text.join('')).toBe('Setting up\n· Packages\n✓ Packages: installed (0.5 s)\n· Build\n✓ Build: done (0.5 s)\n')
  })

  it('is one live line on a terminal, no wider than it', async () => {
    const { text, progress } = record(true)
    await progress.step('A title that is much too long for this terminal', () => Promise.resolve({ said: 'done', value: 1 }))
    const live = text[1] ?? ''
    expect(live.startsWith('\r\x1b[2K')).toBe(true)
    expect(live.slice('\r\x1b[2K'.length)).toHaveLength(39)
    expect(live).not.toContain('\n')
  })

  it('marks the step that failed', async () => {
    const { text, progress } = record(false)
    await expect(progress.step('Build', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(text.at(-1)).toBe('✗ Build (0.5 s)\n')
  })

  it.each([[420, '0.4 s'], [9_960, '10.0 s'], [61_400, '61 s']])('says %i ms as %s', (ms, words) => {
    expect(formatSeconds(ms)).toBe(words)
  })
})
