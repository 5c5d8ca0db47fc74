import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './shell/global.css'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { prepareHome } from './features/home/prepare-home.ts'
import { router } from './routes.tsx'
import { LocalizedTheme } from './shell/LocalizedTheme.tsx'

const client = new QueryClient({ defaultOptions: { queries: { staleTime: 1000, retry: 1 } } })
const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')

const page = createRoot(root)
// Not awaited at the top: what the entry shares with lazy pages would then be split into files of its own.
void prepareHome(client, window.location.pathname).then(() =>
  page.render(
    <StrictMode>
      <LocalizedTheme>
        <QueryClientProvider client={client}>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LocalizedTheme>
    </StrictMode>,
  ),
)
