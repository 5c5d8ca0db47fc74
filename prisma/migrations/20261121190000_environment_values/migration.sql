-- AlterTable
ALTER TABLE "Run" ADD COLUMN "environmentValues" TEXT;
