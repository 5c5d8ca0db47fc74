-- AlterTable
ALTER TABLE "Connection" ADD COLUMN "lastTest" TEXT;
