-- AlterTable
ALTER TABLE "Run" ADD COLUMN "backfill" TEXT;
ALTER TABLE "Run" ADD COLUMN "hold" TEXT;
