-- CreateTable
CREATE TABLE "Server" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "beatAt" DATETIME NOT NULL
);

-- AlterTable
ALTER TABLE "Run" ADD COLUMN "ownerId" TEXT;
