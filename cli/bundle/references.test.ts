import { describe, expect, it } from 'vitest'
import { environmentFor, mentionedVariables } from './references.ts'

const env = { TAG: '1.27', API_KEY: 'k', TOKEN: 't', AWS_SECRET_ACCESS_KEY: 's', HOME: '/home/ada', COMPOSE_PROFILES: 'debug' }

describe('the environment that is sent', () => {
  it.each([
    ['image: nginx:$TAG', ['TAG']],
    ['image: nginx:${TAG}', ['TAG']],
    ['image: nginx:${TAG:-1}', ['TAG']],
    ['image: nginx:${OTHER:-${TAG}}', ['TAG']],
    ['command: echo $$TAG', []],
    ['command: echo $$$TAG', ['TAG']],
    ['environment:\n  - TAG\n  - "API_KEY"\n  - TOKEN=1', ['TAG', 'API_KEY']],
    ['environment:\n  TAG:\n  API_KEY: # from outside\n  TOKEN: 1', ['TAG', 'API_KEY']],
    ['environment:\n  TAG: null\n  API_KEY: ~', ['TAG', 'API_KEY']],
    ['environment: [TAG, "API_KEY", TOKEN=1]', ['TAG', 'API_KEY']],
    ['environment: { TAG: , API_KEY, TOKEN: 1 }', ['TAG', 'API_KEY']],
    ['secrets:\n  token:\n    environment: TOKEN', ['TOKEN']],
    ['secrets: { token: { environment: "TOKEN" } }', ['TOKEN']],
    ['TAG\nexport API_KEY\nTOKEN=1\r\n', ['TAG', 'API_KEY']],
    ['image: nginx # TAG and API_KEY are words here', []],
  ])('%j', (text, names) => {
    expect(Object.keys(environmentFor([text], env)).toSorted()).toEqual(['COMPOSE_PROFILES', ...names].toSorted())
  })

  it('never holds what nothing mentions', () => {
    expect(environmentFor(['services:\n  web:\n    image: nginx\n'], env)).toEqual({ COMPOSE_PROFILES: 'debug' })
  })

  it('takes nothing from an object’s own names', () => {
    expect(environmentFor(['$__proto__ $constructor $toString'], {})).toEqual({})
  })

  it('is found fast in text made to be slow', () => {
    const text = `environment: [${' '.repeat(100_000)}\n${'- '.repeat(50_000)}\n${'${'.repeat(50_000)}`
    const startedMs = performance.now()
    mentionedVariables([text])
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })
})
