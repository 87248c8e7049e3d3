/** The page's start: everything that belongs to the browser is named here and handed on. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { useHashLocation } from 'wouter/use-hash-location'
import { desktopBridge } from './api/desktop.ts'
import { messagePortTransport } from './api/messagePort.ts'
import { takeToken } from './api/session.ts'
import { webSocketTransport } from './api/websocket.ts'
import { systemClock } from './base/clock.ts'
import { loadCatalogue } from './i18n/catalogue.ts'
import { Root } from './shell/Root.tsx'
import { createDesktop } from './stores/desktop.ts'
import { createPreferences } from './stores/preferences.ts'
import './styles/app.css'

async function start(container: HTMLElement) {
  takeToken(window)
  const preferences = createPreferences({ storage: localStorage, wanted: navigator.languages })
  const { language, theme } = preferences.getState()
  if (theme !== 'auto') document.documentElement.dataset['theme'] = theme
  const messages = await loadCatalogue(language)
  const bridge = desktopBridge(window)
  createRoot(container).render(
    <StrictMode>
      <Root place={window} clock={systemClock} preferences={preferences} catalogue={{ language, messages }} wanted={navigator.languages}
        desktop={bridge === null ? null : {
          transport: messagePortTransport({ bridge, place: window, newId: () => crypto.randomUUID() }), store: createDesktop(bridge, preferences),
        }}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone} useLocation={useHashLocation}
        transportFor={(token) => webSocketTransport({ origin: location.origin, token, WebSocket })} />
    </StrictMode>,
  )
}

const container = document.getElementById('root')
if (container !== null) void start(container)
