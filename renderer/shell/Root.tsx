import { useEffect, useState } from 'react'
import { Router, useLocation } from 'wouter'
import type { BaseLocationHook } from 'wouter'
import { useStore } from 'zustand'
import { createConnection } from '../api/connection.ts'
import { forgetToken, keepToken, keptToken, takeToken } from '../api/session.ts'
import type { SessionPlace } from '../api/session.ts'
import type { Transport } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'
import { LanguageProvider } from '../i18n/Language.tsx'
import type { LoadedCatalogue } from '../i18n/Language.tsx'
import { StoresProvider, useStores } from '../stores/context.tsx'
import { createStores, withoutNews } from '../stores/index.ts'
import type { Desktop } from '../stores/desktop.ts'
import type { PreferencesStore } from '../stores/preferences.ts'
import { Boundary } from './Boundary.tsx'
import { isSetup } from '../pages/setup/steps.ts'
import { Screens } from './Screens.tsx'
import { SetupFrame } from './SetupFrame.tsx'
import { Shell } from './Shell.tsx'
import { SignIn } from './SignIn.tsx'
import { useFirstRun } from './useFirstRun.ts'

export interface RootProps {
  place: SessionPlace
  transportFor: (token: string) => Transport
  /** Around this page there is the desktop app: who opened it is signed in. Null in a browser. */
  desktop: { transport: Transport; store: Desktop } | null
  clock: Clock
  preferences: PreferencesStore
  catalogue: LoadedCatalogue
  /** Languages the browser asks for, best first. */
  wanted: readonly string[]
  timeZone: string
  useLocation: BaseLocationHook
}

/** The page: signed in or not, in the person's language and light. */
export function Root(props: RootProps) {
  const { preferences } = props
  const { language, theme } = useStore(preferences)
  useEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
  return (
    <LanguageProvider language={language} wanted={props.wanted} timeZone={props.timeZone} initial={props.catalogue}>
      {props.desktop === null ? <SignedInOrNot {...props} /> : <Dashboard {...props} transport={props.desktop.transport} desktop={props.desktop.store} onRefused={() => undefined} />}
    </LanguageProvider>
  )
}

function SignedInOrNot({ place, ...props }: RootProps) {
  const [token, setToken] = useState(() => keptToken(place))
  const [refused, setRefused] = useState(false)

  // Pasting the printed address into this very tab changes only its fragment, and loads nothing.
  useEffect(() => {
    function onHashChange() {
      if (!takeToken(place)) return
      setRefused(false)
      setToken(keptToken(place))
    }
    window.addEventListener('hashchange', onHashChange)
    return () => window.removeEventListener('hashchange', onHashChange)
  }, [place])

  if (token === null) {
    return (
      <SignIn host={place.location.host} refused={refused} onToken={(given) => {
        keepToken(place, given)
        setRefused(false)
        setToken(given)
      }} />
    )
  }
  return (
    <Dashboard key={token} {...props} transport={props.transportFor(token)} desktop={null} onRefused={() => {
      forgetToken(place)
      setRefused(true)
      setToken(null)
    }} />
  )
}

interface DashboardProps extends Pick<RootProps, 'clock' | 'preferences' | 'useLocation'> {
  transport: Transport
  desktop: Desktop | null
  onRefused: () => void
}

function Dashboard({ transport, desktop, onRefused, clock, preferences, useLocation: locationHook }: DashboardProps) {
  const [stores] = useState(() => createStores({ connection: createConnection({ transport, clock }), clock, preferences, desktop }))
  const [, navigate] = locationHook()
  const kind = useStore(stores.connection.state, (state) => state.kind)

  useEffect(() => {
    stores.connection.start()
    const stopStores = stores.start()
    const stopDesktop = stores.desktop?.start((path) => void navigate(path))
    return () => {
      stopDesktop?.()
      stopStores()
      stores.connection.stop()
    }
  }, [stores, navigate])

  // A machine that wakes, or a network that returns, is worth a try at once.
  useEffect(() => {
    const retry = () => stores.connection.retryNow()
    window.addEventListener('online', retry)
    document.addEventListener('visibilitychange', retry)
    return () => {
      window.removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', retry)
    }
  }, [stores])

  useEffect(() => {
    if (kind === 'refused') onRefused()
  }, [kind, onRefused])

  return (
    <StoresProvider stores={stores}>
      <Router hook={locationHook}><Frame /></Router>
    </StoresProvider>
  )
}

/** The shell around the present screen. Until it is known where one begins, it stands as before any news. */
export function Frame() {
  const [location] = useLocation()
  const stores = useStores()
  const [before] = useState(() => withoutNews(stores))
  const isKnown = useFirstRun()
  if (isSetup(location)) return <SetupFrame />
  return <StoresProvider stores={isKnown ? stores : before}><Shell><Boundary resetKey={location}><Screens /></Boundary></Shell></StoresProvider>
}
