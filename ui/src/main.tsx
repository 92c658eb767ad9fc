import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, StrictMode, Suspense, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import type { Role } from "@/generated/Role";
import { Unlock } from "./access/Unlock";
import { ErrorNote } from "./kit/States";
import { UndoBar } from "./kit/Undo";
import { queries, useRead } from "./platform/query";
import { readAhead, router } from "./router";
import { show, useSettings } from "./shared/settings";
import "./styles/app.css";

// A device is enrolled once.
const Enrol = lazy(() => import("./access/Enrol").then((part) => ({ default: part.Enrol })));

show();

/** What may be shown depends on where the installation stands. */
function Gate() {
  const status = useRead("app_status", {});
  if (status.error) {
    return (
      <div className="p-6">
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      </div>
    );
  }
  if (!status.data) return null;
  const { stage } = status.data;
  if (stage === "new" || stage === "not_enrolled") {
    return (
      <Suspense>
        <Enrol status={status.data} />
      </Suspense>
    );
  }
  if (stage === "locked") return <Unlock status={status.data} />;
  return <AtWork role={status.data.person?.role ?? "engineer"} />;
}

/** How often it is asked whether the first screen stands with all it shows. */
const LOOK_MS = 300;

function AtWork({ role }: { role: Role }) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      if (router.state.status === "idle" && queries.isFetching() === 0) readAhead(role);
      else wait();
    };
    const wait = () => {
      timer = setTimeout(look, LOOK_MS);
    };
    wait();
    return () => clearTimeout(timer);
  }, [role]);
  return (
    <>
      <RouterProvider router={router} context={{ role }} />
      <UndoBar />
    </>
  );
}

function App() {
  const { locale } = useSettings();
  return (
    <I18nProvider locale={locale === "zh" ? "zh-CN" : "en-US"}>
      <QueryClientProvider client={queries}>
        <Gate />
      </QueryClientProvider>
    </I18nProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
