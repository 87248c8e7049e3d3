import { get } from 'node:http'

/** Asks the guest itself, past the service, as long as it is not told to stop. */
export function visitAgainAndAgain(address: string) {
  let count = 0
  let isOver = false
  const failures: string[] = []
  const visit = (): void => {
    if (isOver) return
    const request = get({ host: address, port: 8080, timeout: 2_000, agent: false }, (response) => {
      response.resume()
      response.on('end', () => {
        count++
        setTimeout(visit, 100)
      })
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', (error) => {
      if (!isOver) failures.push(`${new Date().toISOString()} ${error.message}`)
      setTimeout(visit, 100)
    })
  }
  visit()
  return { count: () => count, failures: () => failures, stop: () => { isOver = true } }
}
