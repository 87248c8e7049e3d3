import type { LogLine, ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import type { Clock, Disposer } from '../base/index.ts'

/** Of a service that comes later, or starts again, all is news: so much of it at most. */
const newsTailLines = 500
/** A container that has ended is looked at again after this, ms: it may have been started again meanwhile. */
const lookAgainMs = 1_000

export interface FollowOptions {
  clock: Clock
  /** As they are now. */
  services: () => readonly ServiceStatus[]
  /** Tells whenever `services` may have changed. */
  onChange: (listener: () => void) => Disposer
  tailLines: number
  open: (service: string, containerId: string, tailLines: number) => AsyncIterable<LogLine>
  send: (line: LogLine) => Promise<void>
  /** Nothing is left to follow, or something cannot be read. */
  onEnd: (error?: Error) => void
}

/** Follows what each of these services prints, from when it has a container, and from each start of it. Returns the end of it. */
export function followServices({ clock, services, onChange, tailLines, open, send, onEnd }: FollowOptions): Disposer {
  const places = new Map<string, { atMs: number, isOpen: boolean }>()
  let isFirst = true
  let cancelLook: Disposer = () => undefined

  function look(): void {
    for (const { service, containerId, state } of services()) {
      if (containerId === null) continue
      const before = places.get(containerId)
      if (before?.isOpen === true || (before !== undefined && state !== 'running')) continue
      void follow(service, containerId, before?.atMs ?? 0, isFirst ? tailLines : Math.max(newsTailLines, tailLines))
    }
    isFirst = false
  }

  async function follow(service: string, containerId: string, sinceMs: number, lastLines: number): Promise<void> {
    const place = { atMs: sinceMs, isOpen: true }
    places.set(containerId, place)
    try {
      for await (const line of open(service, containerId, lastLines)) {
        if (line.atMs <= sinceMs) continue
        place.atMs = Math.max(place.atMs, line.atMs)
        await send(line)
      }
    } catch (error) {
      onEnd(error as Error)
      return
    }
    place.isOpen = false
    if ([...places.values()].every(({ isOpen }) => !isOpen)) {
      onEnd()
      return
    }
    cancelLook()
    cancelLook = clock.after(lookAgainMs, look)
  }

  const stopListening = onChange(look)
  look()
  return () => {
    stopListening()
    cancelLook()
  }
}
