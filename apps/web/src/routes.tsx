import { createBrowserRouter } from 'react-router'
import { HomePage } from './features/home/HomePage.tsx'
import { AppFrame } from './shell/AppFrame.tsx'
import { CrashPage } from './shell/CrashPage.tsx'
import { NotFoundPage } from './shell/NotFoundPage.tsx'

/** Heavy pages are loaded when they are opened. */
export const router = createBrowserRouter([
  {
    element: <AppFrame />,
    errorElement: <CrashPage />,
    children: [
      { path: '/', element: <HomePage /> },
      {
        path: '/flows/:id',
        lazy: async () => ({ Component: (await import('./features/editor/EditorPage.tsx')).EditorPage }),
        // Over the editor, which stays: what is restored is one more edit in it.
        children: [
          {
            path: 'versions',
            lazy: async () => ({
              Component: (await import('./features/versions/HistoryDialog.tsx')).HistoryDialog,
            }),
          },
          {
            path: 'tests',
            lazy: async () => ({
              Component: (await import('./features/goldens/GoldenDialog.tsx')).GoldenDialog,
            }),
          },
        ],
      },
      {
        path: '/runs',
        lazy: async () => ({ Component: (await import('./features/runs/RunsPage.tsx')).RunsPage }),
      },
      {
        path: '/runs/:id',
        lazy: async () => ({ Component: (await import('./features/runs/RunPage.tsx')).RunPage }),
      },
      {
        path: '/rejects',
        lazy: async () => ({
          Component: (await import('./features/rejects/RejectsPage.tsx')).RejectsPage,
        }),
      },
      {
        path: '/files',
        lazy: async () => ({ Component: (await import('./features/files/FilesPage.tsx')).FilesPage }),
      },
      {
        path: '/connections',
        lazy: async () => ({
          Component: (await import('./features/connections/ConnectionsPage.tsx')).ConnectionsPage,
        }),
      },
      {
        path: '/connections/:id',
        lazy: async () => ({
          Component: (await import('./features/connections/ConnectionPage.tsx')).ConnectionPage,
        }),
      },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
])
