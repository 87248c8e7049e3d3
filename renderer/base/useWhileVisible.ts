import { useEffect } from 'react'

/** Runs something while this part is on screen and the window is not hidden; `begin` returns its end. */
export function useWhileVisible(begin: () => () => void) {
  useEffect(() => {
    let end: (() => void) | null = null
    const update = () => {
      if (document.hidden) {
        end?.()
        end = null
      } else end ??= begin()
    }
    update()
    document.addEventListener('visibilitychange', update)
    return () => {
      document.removeEventListener('visibilitychange', update)
      end?.()
    }
  }, [begin])
}
