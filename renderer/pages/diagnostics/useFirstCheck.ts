import { useEffect } from 'react'
import { useStore } from 'zustand'
import { useStores } from '../../stores/context.tsx'

/** Runs the checks once when somebody first looks; after that only when asked. */
export function useFirstCheck() {
  const { doctor, connection } = useStores()
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open')
  useEffect(() => {
    if (isOpen && doctor.store.getState().kind === 'unasked') void doctor.run()
  }, [isOpen, doctor])
}
