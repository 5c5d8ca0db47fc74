-- CreateTable
CREATE TABLE "Cursor" (
    "flowId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("flowId", "nodeId")
);

-- CreateTable
CREATE TABLE "Connection" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "connector" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "ConnectionSecret" (
    "connectionId" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,

    PRIMARY KEY ("connectionId", "field"),
    CONSTRAINT "ConnectionSecret_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
