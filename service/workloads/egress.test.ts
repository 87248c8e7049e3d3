import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/clock.ts'
import { Names, type NameAnswer } from './names.ts'

describe('names that apps may connect to', () => {
  function names(answers: Record<string, NameAnswer[]>): { names: Names, asked: string[], clock: FakeClock, answers: Record<string, NameAnswer[]> } {
    const asked: string[] = []
    const clock = new FakeClock()
    const lookup = (name: string): Promise<NameAnswer[]> => {
      asked.push(name)
      const found = answers[name]
      return found === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found)
    }
    return { names: new Names(lookup, clock), asked, clock, answers }
  }

  it('are their public addresses, and no way into a private network', async () => {
    const { names: under } = names({
      'api.example.org': [{ address: '11.0.0.2', ttl: 300 }, { address: '11.0.0.1', ttl: 300 }],
      'home.example.org': [{ address: '192.168.1.1', ttl: 300 }, { address: '127.0.0.1', ttl: 300 }, { address: '169.254.169.254', ttl: 300 }],
    })
    expect(await under.hosts(['api.example.org', 'home.example.org', 'nobody.example.org'])).toEqual([
      { name: 'api.example.org', address: '11.0.0.1' }, { name: 'api.example.org', address: '11.0.0.2' },
    ])
  })

  it('are asked again when their time is over, within bounds, and kept when nobody answers', async () => {
    const { names: under, asked, clock, answers } = names({ 'a.example.org': [{ address: '11.0.0.1', ttl: 0 }] })
    const ask = () => under.hosts(['a.example.org'])
    await ask()
    await ask()
    expect(asked).toHaveLength(1)
    clock.advance(60_001)
    answers['a.example.org'] = [{ address: '11.0.0.9', ttl: 1_000_000 }]
    expect(await ask()).toEqual([{ name: 'a.example.org', address: '11.0.0.9' }])
    clock.advance(3_600_001)
    delete answers['a.example.org']
    expect(await ask()).toEqual([{ name: 'a.example.org', address: '11.0.0.9' }])
    expect(asked).toHaveLength(3)
  })
})
