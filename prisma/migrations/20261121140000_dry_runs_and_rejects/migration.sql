-- AlterTable
ALTER TABLE "Run" ADD COLUMN "approves" TEXT;
ALTER TABLE "Run" ADD COLUMN "changes" TEXT;
ALTER TABLE "Run" ADD COLUMN "dry" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Run" ADD COLUMN "replays" TEXT;
ALTER TABLE "Run" ADD COLUMN "retries" TEXT;

-- CreateTable
CREATE TABLE "RejectState" (
    "runId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "row" TEXT,
    "replayId" TEXT,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("runId", "number"),
    CONSTRAINT "RejectState_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "RejectEvent" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "runId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "author" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    CONSTRAINT "RejectEvent_runId_number_fkey" FOREIGN KEY ("runId", "number") REFERENCES "RejectState" ("runId", "number") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "RejectState_replayId_idx" ON "RejectState"("replayId");

-- CreateIndex
CREATE INDEX "RejectEvent_runId_number_idx" ON "RejectEvent"("runId", "number");
